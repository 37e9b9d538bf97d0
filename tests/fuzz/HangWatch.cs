namespace KubeDoH.Tests.Fuzz;

/// <summary>Keeps an input that is not done after so long, and ends the process: nothing else gets out of an endless loop.</summary>
internal sealed class HangWatch : IDisposable
{
    /// <summary>An input takes microseconds; a busy machine does not make that seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Timer _timer;
    private volatile HostileRun? _run;
    private (HostileRun? Run, int Count) _seen;

    public HangWatch() => _timer = new Timer(_ => Look(), null, Patience, Patience);

    public void Follow(HostileRun run) => _run = run;

    public void Dispose() => _timer.Dispose();

    /// <summary>An input that was there at the last look, too, has run for all the time between.</summary>
    private void Look()
    {
        (HostileRun? Run, int Count) now = (_run, _run?.Count ?? 0);
        if (now == _seen && now.Run?.Current is { } stuck)
        {
            Console.WriteLine($"input {now.Count}: {stuck.Target.Name} is not done after {Patience.TotalSeconds} s");
            Console.WriteLine($"kept as {Findings.Keep(stuck.Target.Name, stuck.Input)}");
            Environment.Exit(1);
        }

        _seen = now;
    }
}
