using System.Text.Json;
using System.Text.Json.Serialization;
using KubeDoH.Api.Inspect;

namespace KubeDoH.Api.Compare;

/// <summary>Two answers to one question, and their difference.</summary>
/// <param name="Verdict">same; different; or failed, where one side gives nothing to compare, or both fail.</param>
/// <param name="Question">What was asked.</param>
/// <param name="From">The namespace, or namespace/pod, that it is seen from; absent for none.</param>
/// <param name="Ours">What this service answers.</param>
/// <param name="Theirs">What the other server answers.</param>
/// <param name="Reason">Of failed: why.</param>
/// <param name="Differences">What tells the answers apart.</param>
/// <param name="Hints">What differs between any two servers: TTLs, serials, the SOA behind an absence.</param>
internal sealed record CompareDocument(
    string Verdict,
    ExplainQuestionDocument Question,
    string? From,
    CompareSideDocument? Ours,
    CompareSideDocument? Theirs,
    string? Reason,
    IReadOnlyList<DifferenceDocument> Differences,
    IReadOnlyList<DifferenceDocument> Hints)
{
    public const string Same = "same", Different = "different", Failed = "failed";

    /// <summary>The server that was asked; absent in a report, which names it once.</summary>
    public string? Server { get; init; }
}

/// <summary>One side's answer.</summary>
/// <param name="Rcode">NOERROR, NXDOMAIN, SERVFAIL, REFUSED and their kin.</param>
/// <param name="Name">The full name that was found, or else the last that was asked for.</param>
/// <param name="Source">Of ours: the source that gave it.</param>
/// <param name="Error">Of ours: why it is so (RFC 8914).</param>
/// <param name="Records">The answer section, without the alias that stands for a search domain.</param>
/// <param name="Soa">Of an absence: the SOA that says so.</param>
internal sealed record CompareSideDocument(
    string Rcode, string Name, string? Source, string? Error, IReadOnlyList<AnswerRecordDocument> Records, AnswerRecordDocument? Soa);

/// <summary>One difference.</summary>
/// <param name="Kind">rcode, name, only-ours, only-theirs; of hints: ttl, serial, soa.</param>
/// <param name="Name">The owner name, where it is about a record.</param>
/// <param name="Type">Its type.</param>
/// <param name="Ours">What ours says; absent where it says nothing.</param>
/// <param name="Theirs">What theirs says.</param>
internal sealed record DifferenceDocument(string Kind, string? Name, string? Type, string? Ours, string? Theirs);

/// <summary>What came of a list of questions.</summary>
/// <param name="Server">The server that was asked.</param>
/// <param name="Questions">How many there were.</param>
/// <param name="Same">How many have the same answer.</param>
/// <param name="Different">How many have another.</param>
/// <param name="Failed">How many could not be compared.</param>
/// <param name="Hinted">How many of the same differ in TTLs or serials.</param>
/// <param name="Results">Those that are not the same, in the order of the questions.</param>
internal sealed record CompareReport(
    string Server, int Questions, int Same, int Different, int Failed, int Hinted, IReadOnlyList<CompareDocument> Results);

/// <summary>Questions to compare.</summary>
internal sealed class CompareBody
{
    /// <summary>One of Compare:Servers; may be left out where there is one.</summary>
    public string? Server { get; set; }

    /// <summary>1 to 1000.</summary>
    public IReadOnlyList<CompareQuestionBody?>? Questions { get; set; }

    /// <summary>Every other member of the body.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}

/// <summary>One question of a list.</summary>
internal sealed class CompareQuestionBody
{
    /// <summary>A domain name; its last dot says that it is complete.</summary>
    public string? Name { get; set; }

    /// <summary>A record type; A when left out.</summary>
    public string? Type { get; set; }

    /// <summary>The namespace that the name is seen from.</summary>
    public string? Ns { get; set; }

    /// <summary>namespace/name of the pod that the name is seen from.</summary>
    public string? Pod { get; set; }

    /// <summary>Every other member.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}
