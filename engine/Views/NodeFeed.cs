using System.Diagnostics.CodeAnalysis;
using KubeDoH.Engine.Files;
using KubeDoH.Engine.Resolution;
using Microsoft.Extensions.Logging;

namespace KubeDoH.Engine.Views;

/// <summary>How the texts of a node's files are read.</summary>
internal sealed record NodeTexts(Func<string, NodeResolvConf> ReadResolvConf, Func<string, NodeHosts> ReadHosts);

/// <summary>
/// Keeps what pods take over from their node at what its resolv.conf and hosts file say (<c>Kubernetes:NodeResolvConf</c>,
/// <c>Kubernetes:NodeHosts</c>). A file that can no longer be read leaves what it said last.
/// </summary>
internal sealed partial class NodeFeed : IFeed
{
    private readonly WatchedFiles _resolvConf, _hosts;
    private readonly NodeTexts _texts;
    private readonly ILogger<NodeFeed> _logger;
    private readonly Lock _writing = new();
    private volatile NodeFiles _files = NodeFiles.None;

    private NodeFeed(KubernetesOptions options, NodeTexts texts, TimeProvider time, ILogger<NodeFeed> logger)
    {
        _resolvConf = Watch(options.NodeResolvConf, time);
        _hosts = Watch(options.NodeHosts, time);
        _texts = texts;
        _logger = logger;
    }

    public string Name => "node";

    /// <summary>What the files say now.</summary>
    public NodeFiles Files => _files;

    /// <summary>Reads both files; false with a sentence where one that is configured cannot be read.</summary>
    public static bool TryOpen(
        KubernetesOptions options, NodeTexts texts, TimeProvider time, ILogger<NodeFeed> logger,
        [NotNullWhen(true)] out NodeFeed? feed, [NotNullWhen(false)] out string? error)
    {
        var opened = new NodeFeed(options, texts, time, logger);
        error = TryRead(opened._resolvConf, opened.ApplyResolvConf, "NodeResolvConf")
            ?? TryRead(opened._hosts, opened.ApplyHosts, "NodeHosts");
        feed = error is null ? opened : null;
        return feed is not null;
    }

    public Task LoadAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(
        _resolvConf.RunAsync(files => Apply(files, ApplyResolvConf), cancellationToken),
        _hosts.RunAsync(files => Apply(files, ApplyHosts), cancellationToken));

    public SourceStatus Status() => new(Name, "what pods take over from their node", []);

    private static WatchedFiles Watch(string? path, TimeProvider time) => new(path is null ? [] : [path], [], time);

    private static string? TryRead(WatchedFiles watched, Action<FileText> apply, string key)
    {
        watched.TryReadChanged(out IReadOnlyList<FileText> files);
        if (files.FirstOrDefault(file => file.Error is not null) is { } unread) return $"Kubernetes:{key}: {unread.Error}";
        foreach (FileText file in files) apply(file);
        return null;
    }

    private void Apply(IReadOnlyList<FileText> files, Action<FileText> apply)
    {
        foreach (FileText file in files)
        {
            if (file.Error is null) apply(file);
            else Log.Problem(_logger, file.Error);
        }
    }

    private void ApplyResolvConf(FileText file)
    {
        lock (_writing) _files = _files with { ResolvConf = _texts.ReadResolvConf(file.Text) };
    }

    private void ApplyHosts(FileText file)
    {
        lock (_writing) _files = _files with { Hosts = _texts.ReadHosts(file.Text) };
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Node: {Problem}")]
        public static partial void Problem(ILogger logger, string problem);
    }
}
