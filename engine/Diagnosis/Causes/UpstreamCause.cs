using System.Globalization;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Diagnosis.Causes;

/// <summary>Upstream servers do not answer, fail, or only one of them does what it should.</summary>
internal sealed class UpstreamCause : ICause
{
    public ValueTask<Finding?> FindAsync(Case @case, IReadOnlyList<Finding> before, CancellationToken cancellationToken) =>
        new(Find(@case));

    private static Finding? Find(Case @case)
    {
        TraceStep[] failed = [.. @case.Trace.Steps.Where(
            step => step is { Source: ForwardSource.SourceName, Answer.Rcode: Rcode.ServFail })];
        CacheReading[] read = [.. @case.Trace.Steps.Select(step => step.Cache).OfType<CacheReading>()];
        UpstreamTryStep[] tries = [.. read.SelectMany(reading => reading.Tries?.Ended ?? [])
            .Where(one => one.Failure is not null && !IsOvertaken(one))];
        bool stale = read.Any(reading => reading.State == CacheState.Stale);
        if (failed.Length == 0 && tries.Length == 0 && !stale) return null;
        bool ends = failed.Length > 0 && !@case.HasRecords;
        string text = ends ? "No upstream server had an answer."
            : stale ? "Upstream servers fail: an answer beyond its TTL serves in the stead of theirs."
            : "An upstream server fails, and another has to answer in its stead.";
        return new Finding("upstream-failing", ends ? FindingWeight.Problem : FindingWeight.Warning, text)
        {
            Evidence =
            [
                .. tries.Select(Describe).Distinct(),
                .. failed.Select(step => step.Answer!.Error?.Text).OfType<string>(),
                .. StatesOf(@case),
            ],
            Try =
            [
                NextCommand.Get("/api/v1/upstreams"),
                .. tries.Select(one => one.Server).Distinct().Select(server => Dig(@case, server)).OfType<NextCommand>(),
            ],
        };
    }

    /// <summary>Slower than another is no failure.</summary>
    private static bool IsOvertaken(UpstreamTryStep one) => one.Failure == Forward.Upstreams.TryVerdict.OvertakenText;

    private static string Describe(UpstreamTryStep one) =>
        string.Create(CultureInfo.InvariantCulture, $"{one.Server}: {one.Failure} after {one.Took.TotalMilliseconds:0.#} ms");

    private static IEnumerable<string> StatesOf(Case @case) => @case.Around.Upstreams()
        .Where(upstream => upstream.State is UpstreamState.Down or UpstreamState.Looping)
        .Select(upstream => $"{upstream.Address} is {upstream.State.ToString().ToLowerInvariant()}"
            + (upstream.LastError is { } error ? $": {error.Text}" : ""));

    /// <summary>The question, put to the server itself; null where dig has no words for it.</summary>
    private static NextCommand? Dig(Case @case, string server)
    {
        if (!UpstreamServer.TryParse(server, out UpstreamServer? read, out _)) return null;
        string? transport = read.Transport switch
        {
            UpstreamTransport.Udp => "",
            UpstreamTransport.Tcp => " +tcp",
            UpstreamTransport.Tls => " +tls",
            _ => null,
        };
        string name = @case.Resolved.ToString();
        bool plain = name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
        return transport is null || !plain ? null
            : NextCommand.Shell(
                $"dig @{read.EndPoint.Address} -p {read.EndPoint.Port}{transport} {name} {RecordTypeText.Write(@case.Type)}");
    }
}
