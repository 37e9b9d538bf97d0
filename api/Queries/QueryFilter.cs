using KubeDoH.Api.Hosting;
using KubeDoH.Api.Hosting.Configuration;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Queries;

/// <summary>Which questions somebody wants to see; what is null is no condition, and the others all hold.</summary>
internal sealed record QueryFilter
{
    private static readonly string[] Parameters = ["suffix", "namespace", "rcode", "source", "slower"];

    private static readonly ValueKind<TimeSpan> Wait = ValueKinds.Duration(TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1));

    /// <summary>Names at or below it, as they were asked.</summary>
    public DnsName? Suffix { get; init; }

    /// <summary>Those seen from it.</summary>
    public string? Namespace { get; init; }

    public Rcode? Rcode { get; init; }

    /// <summary>Who gave the answer.</summary>
    public string? Source { get; init; }

    /// <summary>Those that took so long or longer.</summary>
    public TimeSpan? Slower { get; init; }

    /// <summary>Null, or what is wrong with the parameters.</summary>
    /// <param name="sources">Who may give an answer.</param>
    public static string? TryRead(HttpRequest request, IReadOnlyList<string> sources, out QueryFilter filter)
    {
        filter = new QueryFilter();
        DnsName? suffix = null;
        string? @namespace = null;
        if ((ListRequest.FindUnknown(request, Parameters) ?? ListRequest.TryReadNames(request, out _, out suffix)
            ?? ListRequest.TryReadNamespace(request, out @namespace)) is { } error) return error;

        string code = request.Query["rcode"].ToString(), source = request.Query["source"].ToString(),
            slower = request.Query["slower"].ToString();
        Rcode rcode = default;
        TimeSpan least = default;
        if (code.Length > 0 && !RcodeText.TryRead(code, out rcode))
            return $"rcode: '{code}' is no response code, such as NXDOMAIN or RCODE9.";
        if (source.Length > 0 && !sources.Contains(source, StringComparer.Ordinal))
            return $"source: '{source}' gives no answers; there are {string.Join(", ", sources)}.";
        if (slower.Length > 0 && !Wait.Read(slower, out least)) return $"slower must be {Wait.Allowed}.";
        filter = new QueryFilter
        {
            Suffix = suffix, Namespace = @namespace, Rcode = code.Length > 0 ? rcode : null, Source = source.Length > 0 ? source : null,
            Slower = slower.Length > 0 ? least : null,
        };
        return null;
    }

    /// <summary>Costs no allocation: it is asked for each question.</summary>
    public bool Matches(Query query, Answer answer, TimeSpan duration) =>
        (Rcode is not { } rcode || answer.Rcode == rcode)
        && (Slower is not { } slower || duration >= slower)
        && (Source is null || string.Equals(Source, answer.Source))
        && (Namespace is null || string.Equals(Namespace, query.View.Namespace))
        && (Suffix is not { } suffix || WireName.IsAtOrBelow(query.Name, suffix.Span));
}
