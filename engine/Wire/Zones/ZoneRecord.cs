namespace KubeDoH.Engine.Wire.Zones;

/// <summary>What a record of a zone file says, or why it says nothing.</summary>
/// <param name="Line">Where it begins, 1 for the first line.</param>
public sealed record ZoneRecord(int Line)
{
    /// <summary>Null only where the owner itself cannot be read.</summary>
    public DnsName? Name { get; init; }

    public RecordType Type { get; init; }

    /// <summary>Seconds; null where neither the record nor the file says it.</summary>
    public uint? Ttl { get; init; }

    /// <summary>RDATA in canonical presentation form; null when there is a <see cref="Problem"/>.</summary>
    public string? Text { get; init; }

    /// <summary>Why the record cannot be used, in a sentence; null when it can.</summary>
    public string? Problem { get; init; }

    /// <summary>The problem is not this record's alone: the file is not whole without what is missing here.</summary>
    public bool IsFatal { get; init; }
}
