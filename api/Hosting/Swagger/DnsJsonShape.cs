using System.Text.Json.Serialization;

namespace KubeDoH.Api.Hosting.Swagger;

/// <summary>The JSON shape of Google and Cloudflare. A section without records is left out.</summary>
/// <param name="Status">The response code: 0 NOERROR, 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED.</param>
/// <param name="TC">An answer was cut off.</param>
/// <param name="RD">Recursion was asked for.</param>
/// <param name="RA">Recursion is offered: always.</param>
/// <param name="AD">The upstream server vouches for every answer (DNSSEC).</param>
/// <param name="CD">The caller wants no checking.</param>
/// <param name="Question">The name as it was asked, once for each type.</param>
/// <param name="Answer">Links of aliases first, each before what it leads to.</param>
/// <param name="Authority">The SOA record of a negative answer.</param>
/// <param name="Additional">What a server added of its own.</param>
/// <param name="Comment">Which source answered, and why it is so where the answer says (RFC 8914).</param>
internal sealed record DnsJsonReply(
    [property: JsonPropertyName("Status")] int Status,
    [property: JsonPropertyName("TC")] bool TC,
    [property: JsonPropertyName("RD")] bool RD,
    [property: JsonPropertyName("RA")] bool RA,
    [property: JsonPropertyName("AD")] bool AD,
    [property: JsonPropertyName("CD")] bool CD,
    [property: JsonPropertyName("Question")] IReadOnlyList<DnsJsonQuestion> Question,
    [property: JsonPropertyName("Answer")] IReadOnlyList<DnsJsonRecord>? Answer,
    [property: JsonPropertyName("Authority")] IReadOnlyList<DnsJsonRecord>? Authority,
    [property: JsonPropertyName("Additional")] IReadOnlyList<DnsJsonRecord>? Additional,
    [property: JsonPropertyName("Comment")] string Comment);

/// <summary>A name and the number of a type.</summary>
internal sealed record DnsJsonQuestion(string Name, int Type);

/// <summary>A record.</summary>
/// <param name="Type">The number of its type.</param>
/// <param name="Ttl">Seconds.</param>
/// <param name="Data">RDATA in presentation form.</param>
internal sealed record DnsJsonRecord(string Name, int Type, [property: JsonPropertyName("TTL")] uint Ttl, string Data);
