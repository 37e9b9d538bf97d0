using KubeDoH.Engine.Files;
using KubeDoH.Engine.Resolution;
using Microsoft.Extensions.Logging;

namespace KubeDoH.Engine.Hosts;

/// <summary>
/// Keeps a table of names at what the hosts files say. A file that can no longer be read keeps its last lines; lines of the
/// configuration come first.
/// </summary>
internal sealed partial class HostsFeed : IFeed
{
    private const string InlinePath = "Hosts:Inline";

    private readonly WatchedFiles _files;
    private readonly IReadOnlyList<string> _paths;
    private readonly uint _ttl;
    private readonly TimeProvider _time;
    private readonly ILogger<HostsFeed> _logger;
    private readonly HostsFile? _inline;
    private volatile IReadOnlyList<HostsFile>? _read;
    private volatile NameTable _table = NameTable.Empty;

    public HostsFeed(string name, HostsOptions options, TimeProvider time, ILogger<HostsFeed> logger)
    {
        Name = name;
        _paths = options.Files;
        _files = new WatchedFiles(options.Files, [".hosts"], time);
        _ttl = (uint)options.Ttl;
        _time = time;
        _logger = logger;
        _inline = options.Inline.Count > 0 ? HostsFile.Read(InlinePath, string.Join('\n', options.Inline), null) : null;
    }

    public string Name { get; }

    /// <summary>The names as they stand now.</summary>
    public NameTable Table => _table;

    /// <summary>The lines and files that were left out of the last reading.</summary>
    public IReadOnlyList<HostsProblem> Problems => [.. All.SelectMany(file => file.AllProblems)];

    /// <summary>The files in order, as they were last read; the configuration's lines first.</summary>
    public IEnumerable<HostsFile> All => (_read ?? []).Prepend(_inline).OfType<HostsFile>();

    public Task LoadAsync(CancellationToken cancellationToken)
    {
        if (_files.TryReadChanged(out IReadOnlyList<FileText> files)) Apply(files);
        return Task.CompletedTask;
    }

    public Task RunAsync(CancellationToken cancellationToken) => _files.RunAsync(Apply, cancellationToken);

    public SourceStatus Status()
    {
        HostsFile[] files = [.. All];
        string places = string.Join(", ", files.Where(file => file.Lines is not null).Select(file => file.Path));
        long problems = files.Sum(file => file.Skipped + (file.Error is null ? 0 : 1));
        return new SourceStatus(
            Name,
            $"{_table.Count} names from {(places.Length > 0 ? places : "no file")}{(problems == 0 ? "" : $" ({problems} problems)")}",
            [.. files.Select(file => file.ToPart()), .. _read is null ? _paths.Select(path => new SourcePart(path, false, 0, null)) : []]);
    }

    private void Apply(IReadOnlyList<FileText> texts)
    {
        Dictionary<string, HostsFile> before = (_read ?? []).ToDictionary(file => file.Path);
        HostsFile[] files = [.. texts.DistinctBy(text => text.Path).Select(text => text.Error is { } error
            ? before.GetValueOrDefault(text.Path, HostsFile.Unread(text.Path)) with { Error = new SourceError(_time.GetUtcNow(), error) }
            : HostsFile.Read(text.Path, text.Text, text.LastWrite))];
        _read = files;
        _table = NameTable.Build(Name, _ttl, All.SelectMany(file => file.Lines ?? []), pointers: true);
        foreach (HostsProblem problem in Problems) Log.Problem(_logger, problem);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Hosts: {Problem}")]
        public static partial void Problem(ILogger logger, HostsProblem problem);
    }
}
