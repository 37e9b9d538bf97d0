using System.Net;
using KubeDoH.Engine.Files;
using KubeDoH.Engine.Resolution;
using Microsoft.Extensions.Logging;

namespace KubeDoH.Engine.Forward;

/// <summary>
/// Keeps the forward rules at what the options say and, where those name no default servers, at what resolv.conf says.
/// While that file cannot be read the last servers stay.
/// </summary>
/// <param name="own">Where this process answers DNS itself.</param>
/// <param name="path">The resolv.conf to follow.</param>
internal sealed partial class ForwardFeed(
    ForwardOptions options,
    IReadOnlyList<IPEndPoint> own,
    TimeProvider time,
    ILogger<ForwardFeed> logger,
    string path = ForwardFeed.DefaultPath) : IFeed
{
    public const string DefaultPath = "/etc/resolv.conf";

    private readonly WatchedFiles _files = new(options.Servers is null ? [path] : [], [], time);
    private ResolvConf? _resolvConf;
    private volatile SourcePart _file = new(path, Ready: false, 0, null);
    private volatile ForwardRules _rules = ForwardRules.Create(options, null, own);

    public string Name => ForwardSource.SourceName;

    /// <summary>The rules as they stand now.</summary>
    public ForwardRules Rules => _rules;

    public Task LoadAsync(CancellationToken cancellationToken)
    {
        if (_files.TryReadChanged(out IReadOnlyList<FileText> files)) Apply(files);
        return Task.CompletedTask;
    }

    public Task RunAsync(CancellationToken cancellationToken) => _files.RunAsync(Apply, cancellationToken);

    public SourceStatus Status()
    {
        ForwardRules rules = _rules;
        string origin = options.Servers is null ? path : "Forward:Servers";
        string servers = rules.Default is { Servers.Count: > 0 } rule
            ? $"{string.Join(", ", rule.Servers)} from {origin}"
            : $"no default server in {origin}";
        int others = rules.Count - (rules.Default is null ? 0 : 1);
        int defaults = rules.Default?.Servers.Count ?? 0;
        SourcePart part = options.Servers is null ? _file with { Count = defaults } : new SourcePart(origin, true, defaults, null);
        SourcePart[] parts = others == 0 ? [part] : [part, new SourcePart("Forward:Rules", true, others, null)];
        return new SourceStatus(Name, others == 0 ? servers : $"{servers}; {others} rule(s) of their own", parts);
    }

    private void Apply(IReadOnlyList<FileText> files)
    {
        foreach (FileText file in files)
        {
            if (file.Error is null) _resolvConf = ResolvConf.Parse(file.Text);
            else Log.Problem(logger, file.Error);
            _file = PartOf(file);
        }

        ForwardRules rules = ForwardRules.Create(options, _resolvConf, own);
        foreach (string problem in rules.Problems) Log.Problem(logger, problem);
        _rules = rules;
    }

    /// <summary>What resolv.conf gave, or why it could not be read; what it gave before then stands.</summary>
    private SourcePart PartOf(FileText file) => file.Error is { } error
        ? _file with { Ready = true, LastError = new SourceError(time.GetUtcNow(), error) }
        : new SourcePart(path, Ready: true, _resolvConf!.Nameservers.Count, file.LastWrite)
        {
            Skipped = _resolvConf.Problems.Count,
            Problems = [.. _resolvConf.Problems.Take(SourcePart.MaxProblems).Select(problem => $"line {problem.Line}: {problem.Text}")],
        };

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Forward: {Problem}")]
        public static partial void Problem(ILogger logger, string problem);
    }
}
