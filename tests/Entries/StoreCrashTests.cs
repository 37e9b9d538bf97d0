using System.Diagnostics;
using KubeDoH.Engine.Entries;
using KubeDoH.Tests.Abuse;
using KubeDoH.Tests.Clients;
using KubeDoH.Tests.Files;

namespace KubeDoH.Tests.Entries;

/// <summary>The program dies in the midst of writing: what it had acknowledged is there when its file is opened again.</summary>
public sealed class StoreCrashTests : IDisposable
{
    private const int Writers = 4;
    private const int Seed = 20261123;

    private readonly TemporaryFolder _folder = new();
    private readonly Random _random = new(Seed);
    private readonly EntryWriter[] _writers = [.. Enumerable.Range(0, Writers).Select(i => new EntryWriter(i))];

    private string Path => _folder.PathOf("kubedoh.db");

    /// <summary>The kill comes after a random number of acknowledgements, when the other writers are at any point of a write.</summary>
    [Fact]
    public async Task Killed_program_keeps_every_acknowledged_write_and_no_half_one()
    {
        long revision = 0;
        for (int round = 0; round < (LongForm.IsOn ? 200 : 10); round++)
        {
            int[] known = [.. _writers.Select(w => w.Revisions.Count)];
            await WriteUntilKilledAsync(_random.Next(1, 400));
            long[] acknowledged = [.. _writers.SelectMany((w, i) => w.Revisions.Skip(known[i]))];
            Assert.All(acknowledged, r => Assert.True(r > revision, $"round {round}: revision {r} was given out again after {revision}"));
            Assert.Equal(acknowledged.Length, acknowledged.Distinct().Count());
            revision = await LookAsync(acknowledged.Max());
        }
    }

    public void Dispose() => _folder.Dispose();

    private async Task WriteUntilKilledAsync(int acknowledgements)
    {
        using var client = new HttpClient();
        await using ServerProcess server = await ServerProcess.Start($"Store:Path={Path}", "Forward:Servers=").ListeningAsync();
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int left = acknowledgements;
        bool GoOn()
        {
            if (Interlocked.Decrement(ref left) == 0) enough.TrySetResult();
            return true;
        }

        Task[] writing = [.. _writers.Select(w => w.RunAsync(client, server.Http, null, GoOn))];
        await Task.WhenAny(enough.Task, Task.WhenAll(writing)).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        using (Process process = Process.GetProcessById(server.Id)) process.Kill();
        await Task.WhenAll(writing);
        Assert.True(enough.Task.IsCompleted, $"a write was refused with {string.Join(' ', _writers.Select(w => w.Refused))}");
    }

    /// <summary>Opens the file, compares it with what was acknowledged, and tells the revision that it has.</summary>
    private async Task<long> LookAsync(long acknowledged)
    {
        Assert.True(SqliteEntryStore.TryOpen(Path, TimeProvider.System, out SqliteEntryStore? store, out string? error), error);
        await using (store)
        {
            await using IAsyncEnumerator<EntryChanges> watch = store.WatchAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();
            Assert.True(await watch.MoveNextAsync());
            EntryChanges all = watch.Current;
            Dictionary<string, Entry> there = all.Items.ToDictionary(i => i.Key.Name.ToString(), i => i.Entry!);
            foreach (EntryWriter writer in _writers)
            {
                foreach ((string name, int count) in writer.Acknowledged.ToArray())
                {
                    int stored = there.TryGetValue(name, out Entry? entry) ? EntryWriter.Count(entry.Records[0].Data) : -1;
                    bool isLast = stored == writer.Sent && stored > count;
                    Assert.True(stored == count || isLast, $"{name}: {count} was acknowledged, {stored} is there");

                    // A last write that was never answered, and is there, is from now on what has to stay.
                    writer.Acknowledged[name] = stored;
                }
            }

            foreach (Entry entry in there.Values)
            {
                var filter = new EntryHistoryFilter { Name = entry.Name, Limit = 1 };
                EntryHistoryItem last = (await store.ReadHistoryAsync(filter, TestContext.Current.CancellationToken))!.Items.Single();
                Assert.Equal(entry.Revision, last.Revision);
                Assert.True(last.After!.SameContent(entry));
            }

            Assert.Equal(all.Revision, there.Values.Max(e => e.Revision));
            Assert.True(all.Revision >= acknowledged);
            Assert.Equal("ok", store.File.Text("PRAGMA integrity_check"));
            return all.Revision;
        }
    }
}
