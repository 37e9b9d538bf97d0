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
    private readonly uint _ttl;
    private readonly ILogger<HostsFeed> _logger;
    private readonly IReadOnlyList<AddressLine> _inline;
    private readonly List<HostsProblem> _inlineProblems = [];
    private Dictionary<string, IReadOnlyList<AddressLine>> _linesByPath = [];
    private volatile NameTable _table = NameTable.Empty;
    private volatile IReadOnlyList<HostsProblem> _problems = [];

    public HostsFeed(string name, HostsOptions options, TimeProvider time, ILogger<HostsFeed> logger)
    {
        Name = name;
        _files = new WatchedFiles(options.Files, [".hosts"], time);
        _ttl = (uint)options.Ttl;
        _logger = logger;
        _inline = HostsText.Read(InlinePath, string.Join('\n', options.Inline), _inlineProblems);
    }

    public string Name { get; }

    /// <summary>The names as they stand now.</summary>
    public NameTable Table => _table;

    /// <summary>The lines and files that were left out of the last reading.</summary>
    public IReadOnlyList<HostsProblem> Problems => _problems;

    public Task LoadAsync(CancellationToken cancellationToken)
    {
        if (_files.TryReadChanged(out IReadOnlyList<FileText> files)) Apply(files);
        return Task.CompletedTask;
    }

    public Task RunAsync(CancellationToken cancellationToken) => _files.RunAsync(Apply, cancellationToken);

    public string Describe()
    {
        IEnumerable<string> places = _linesByPath.Keys.Concat(_inline.Count > 0 ? [InlinePath] : Array.Empty<string>());
        string problems = _problems.Count == 0 ? "" : $" ({_problems.Count} problems)";
        return $"{_table.Count} names from {(places.Any() ? string.Join(", ", places) : "no file")}{problems}";
    }

    private void Apply(IReadOnlyList<FileText> files)
    {
        var problems = new List<HostsProblem>(_inlineProblems);
        var lines = new Dictionary<string, IReadOnlyList<AddressLine>>();
        foreach (FileText file in files)
        {
            if (file.Error is { } error) problems.Add(new HostsProblem(file.Path, 0, error));
            if (file.Error is null) lines[file.Path] = HostsText.Read(file.Path, file.Text, problems);
            else if (_linesByPath.TryGetValue(file.Path, out IReadOnlyList<AddressLine>? kept)) lines[file.Path] = kept;
        }

        _linesByPath = lines;
        _table = NameTable.Build(Name, _ttl, _inline.Concat(lines.Values.SelectMany(line => line)), pointers: true);
        _problems = problems;
        foreach (HostsProblem problem in problems) Log.Problem(_logger, problem);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Hosts: {Problem}")]
        public static partial void Problem(ILogger logger, HostsProblem problem);
    }
}
