using System.Collections.Concurrent;

namespace KubeDoH.Engine.Forward;

/// <summary>Sources of cancellation, used again while nobody cancels them: a new one and whoever waits on it are three objects.</summary>
internal sealed class CancellationSources
{
    private readonly ConcurrentQueue<CancellationTokenSource> _idle = new();

    public CancellationTokenSource Rent() => _idle.TryDequeue(out CancellationTokenSource? source) ? source : new CancellationTokenSource();

    /// <summary>Takes one back that nobody can cancel any longer; what was cancelled before is not used again.</summary>
    public void Return(CancellationTokenSource source)
    {
        if (source.TryReset()) _idle.Enqueue(source);
    }
}
