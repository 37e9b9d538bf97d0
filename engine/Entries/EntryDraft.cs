using System.Collections.ObjectModel;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Entries;

/// <summary>An entry as somebody asks for it, nothing checked but the name's and the type's spelling. Null means the default.</summary>
public sealed record EntryDraft(DnsName Name, RecordType Type)
{
    internal static readonly IReadOnlyDictionary<string, string> NoLabels = ReadOnlyDictionary<string, string>.Empty;

    public long? Ttl { get; init; }

    public IReadOnlyList<string?>? Records { get; init; }

    public bool? Enabled { get; init; }

    public IReadOnlyList<string?>? Namespaces { get; init; }

    public string? Comment { get; init; }

    public IReadOnlyDictionary<string, string?>? Labels { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public bool? PassThrough { get; init; }

    /// <summary>Null for: yes where it can be.</summary>
    public bool? AutoPtr { get; init; }

    public string Source { get; init; } = "api";
}

/// <summary>One thing that is wrong with an entry.</summary>
/// <param name="Code">One of <see cref="EntryViolation"/>'s constants.</param>
/// <param name="Pointer">Where: a JSON pointer into the entry (RFC 6901).</param>
/// <param name="Detail">What, in a sentence.</param>
public sealed record EntryViolation(string Code, string Pointer, string Detail)
{
    /// <summary>A value that no entry may have.</summary>
    public const string Invalid = "invalid-entry";

    /// <summary>An alias may not stand beside other types (RFC 1034 3.6.2, RFC 2181 10.1).</summary>
    public const string CnameExclusive = "cname-exclusive";

    /// <summary>The name lies in the cluster's own zone.</summary>
    public const string ShadowsClusterZone = "shadows-cluster-zone";

    /// <summary>An asterisk elsewhere than as the whole first label.</summary>
    public const string WildcardPosition = "wildcard-position";

    /// <summary>A type that is a question or belongs to a transport or a signer.</summary>
    public const string TypeNotAllowed = "type-not-allowed";

    /// <summary>An automatic PTR record that was asked for would stand behind a PTR entry.</summary>
    public const string PtrConflict = "ptr-conflict";

    /// <summary>A restored revision that the store has passed already.</summary>
    public const string RevisionTaken = "revision-taken";

    /// <summary>The value is well-formed, and what stands in its way is elsewhere.</summary>
    public bool IsConflict => Code != Invalid;
}
