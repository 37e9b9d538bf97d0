using System.Collections.Concurrent;

namespace KubeDoH.Tests.Cluster;

/// <summary>Asks the same questions over and over, from another thread, and keeps every answer that was not the one expected.</summary>
internal sealed class Watcher : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, string> _wrong = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _asking;
    private long _rounds;

    /// <param name="expected">The data of the answer of each question.</param>
    public Watcher(LiveWorld world, IReadOnlyDictionary<string, string> expected) => _asking = Task.Run(async () =>
    {
        while (!_stopping.IsCancellationRequested)
        {
            foreach ((string question, string data) in expected)
            {
                string got = await world.DataAsync(question);
                if (got != data) _wrong.TryAdd(question, $"{question}: {got} instead of {data}");
            }

            Interlocked.Increment(ref _rounds);
            await Task.Yield();
        }
    });

    /// <summary>How often all of them were asked.</summary>
    public long Rounds => Interlocked.Read(ref _rounds);

    /// <summary>The first wrong answer to each question.</summary>
    public IReadOnlyCollection<string> Wrong => [.. _wrong.Values];

    /// <summary>Watches the questions' present answers.</summary>
    public static async Task<Watcher> OfAsync(LiveWorld world, params string[] questions)
    {
        var expected = new Dictionary<string, string>();
        foreach (string question in questions) expected[question] = await world.DataAsync(question);
        return new Watcher(world, expected);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _asking;
        _stopping.Dispose();
    }
}
