using KubeDoH.Api.Hosting;
using KubeDoH.Engine;
using KubeDoH.Engine.Forward;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeDoH.Api.Inspect;

/// <summary>The servers that questions are forwarded to, and how they do.</summary>
internal static class UpstreamsEndpoints
{
    public static void MapUpstreams(this IEndpointRouteBuilder group) => group.MapMethods("/upstreams", InspectEndpoints.Reading, List)
        .WithName("listUpstreams").WithSummary("How each upstream does");

    private static Results<JsonHttpResult<UpstreamList>, JsonHttpResult<ApiProblem>> List(HttpContext context, EngineServices engine) =>
        ListRequest.FindUnknown(context.Request) is { } unknown
            ? ApiProblems.BadRequest(context, "bad-parameter", unknown)
            : TypedResults.Json(new UpstreamList([.. engine.Upstreams.Select(UpstreamDocument.Of)]), ApiJsonContext.Default.UpstreamList);
}

/// <summary>Every upstream of the rules in force.</summary>
internal sealed record UpstreamList(IReadOnlyList<UpstreamDocument> Upstreams);

/// <summary>How an upstream does.</summary>
/// <param name="Address">As the configuration writes it.</param>
/// <param name="Transport">udp, tcp, tls or https.</param>
/// <param name="Rules">
/// The suffixes whose names it is asked for; a dot for the default rule, `pods` for pods that ask it themselves.
/// </param>
/// <param name="State">
/// healthy; suspect: it failed lately; down: it is asked only now and then; looping: questions to it come back here.
/// </param>
/// <param name="DownUntil">When a server that is down is tried again.</param>
/// <param name="Trusted">Its AD flag is believed.</param>
/// <param name="InFlight">Questions on their way to it now.</param>
/// <param name="Rtt">How long its last replies took; absent before the first.</param>
/// <param name="Counts">How the questions to it ended.</param>
/// <param name="LastError">What went wrong last; it stays when all is well again.</param>
internal sealed record UpstreamDocument(
    string Address,
    string Transport,
    IReadOnlyList<string> Rules,
    string State,
    DateTimeOffset? DownUntil,
    bool Trusted,
    int InFlight,
    RttDocument? Rtt,
    UpstreamCountsDocument Counts,
    ErrorDocument? LastError)
{
    public static UpstreamDocument Of(UpstreamStatus upstream) => new(
        upstream.Address, upstream.Transport.ToString().ToLowerInvariant(), upstream.Rules, upstream.State.ToString().ToLowerInvariant(),
        upstream.DownUntil, upstream.Trusted, upstream.InFlight, RttDocument.Of(upstream.Rtt), UpstreamCountsDocument.Of(upstream.Counts),
        ErrorDocument.Of(upstream.LastError));
}

/// <summary>Milliseconds that half, nine in ten and ninety-nine in a hundred replies came within.</summary>
internal sealed record RttDocument(double P50, double P90, double P99)
{
    public static RttDocument? Of(RttQuantiles? rtt) => rtt is null ? null : new RttDocument(In(rtt.P50), In(rtt.P90), In(rtt.P99));

    private static double In(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);
}

/// <summary>How the questions to an upstream ended, since the start.</summary>
/// <param name="Answered">NOERROR and NXDOMAIN.</param>
/// <param name="Useless">Replies with another code, referrals, and replies that say nothing about the question.</param>
/// <param name="Overtaken">Another server answered first.</param>
internal sealed record UpstreamCountsDocument(
    long Answered, long ServFail, long Refused, long Useless, long TimedOut, long Overtaken, long NetworkErrors, long Malformed)
{
    public static UpstreamCountsDocument Of(UpstreamCounts counts) => new(
        counts.Answered, counts.ServFail, counts.Refused, counts.Useless, counts.TimedOut, counts.Overtaken, counts.NetworkErrors,
        counts.Malformed);
}
