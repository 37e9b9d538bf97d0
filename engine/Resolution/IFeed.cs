namespace KubeDoH.Engine.Resolution;

/// <summary>Something that keeps a source's data up to date.</summary>
public interface IFeed
{
    /// <summary>What it feeds, for logs.</summary>
    string Name { get; }

    /// <summary>
    /// Reads what can be read at once, so that the first question after the start finds it. Before <see cref="RunAsync"/>.
    /// </summary>
    Task LoadAsync(CancellationToken cancellationToken);

    /// <summary>Follows changes until cancelled. An exception ends the feed; its runner logs that and starts it again.</summary>
    Task RunAsync(CancellationToken cancellationToken);

    /// <summary>How what it feeds stands now. It may be asked at any time, from any thread.</summary>
    SourceStatus Status();
}
