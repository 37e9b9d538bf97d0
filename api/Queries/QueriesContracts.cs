using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Queries;

/// <summary>A question and what became of it, as an event tells it.</summary>
/// <param name="Name">As it was asked.</param>
/// <param name="Milliseconds">From the question to its answer.</param>
/// <param name="Size">Octets of the reply.</param>
/// <param name="Age">Seconds for which the cache had the answer; only where upstreams gave it.</param>
/// <param name="Client">Only with <c>Queries:Clients</c>.</param>
internal sealed record AskedDocument(
    DateTimeOffset At, string Name, string Type, string Rcode,
    string Source, string? Namespace, string Proto, double Milliseconds, int Size,
    uint? Age, string? Client)
{
    public static AskedDocument Of(AskedQuestion asked) => new(
        asked.At, NameText.Write(asked.Name), RecordTypeText.Write(asked.Type), RcodeText.Write(asked.Rcode), asked.Source, asked.Namespace,
        asked.Proto, asked.Duration.TotalMilliseconds, asked.Size, asked.Age, asked.Client?.ToString());
}

/// <summary>A name and how often it was asked.</summary>
/// <param name="Count">About so often; exact where <paramref name="AtLeast"/> is the same.</param>
/// <param name="AtLeast">Surely so often.</param>
internal sealed record NameCountDocument(string Name, long Count, long AtLeast)
{
    public static NameCountDocument Of(NameCount count) => new(count.Name.ToString(), count.Count, count.AtLeast);
}

/// <summary>The longest that a question for a name and type took.</summary>
internal sealed record SlowDocument(string Name, string Type, string Rcode, string Source, double Milliseconds)
{
    public static SlowDocument Of(SlowQuestion slow) => new(
        slow.Name.ToString(), RecordTypeText.Write(slow.Type), RcodeText.Write(slow.Rcode), slow.Source, slow.Duration.TotalMilliseconds);
}

/// <summary>What was asked in the last minutes.</summary>
/// <param name="Since">Where the minutes begin.</param>
/// <param name="Uncounted">Questions of which the name was not counted.</param>
/// <param name="Top">The names asked most.</param>
/// <param name="NxDomain">The names asked most that did not exist.</param>
/// <param name="Slowest">The questions that took longest.</param>
internal sealed record QuerySummaryDocument(
    DateTimeOffset Since, long Questions, long Uncounted, IReadOnlyList<NameCountDocument> Top, IReadOnlyList<NameCountDocument> NxDomain,
    IReadOnlyList<SlowDocument> Slowest)
{
    public static QuerySummaryDocument Of(SummaryReading reading, int limit) => new(
        reading.From, reading.Questions, reading.Uncounted, [.. reading.Top.Take(limit).Select(NameCountDocument.Of)],
        [.. reading.NxDomains.Take(limit).Select(NameCountDocument.Of)], [.. reading.Slowest.Take(limit).Select(SlowDocument.Of)]);
}
