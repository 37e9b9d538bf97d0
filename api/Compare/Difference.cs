using KubeDoH.Api.Inspect;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Compare;

/// <summary>
/// What tells two answers apart. Response codes, the full name that was found and the set of records count; their order does not. TTLs
/// and the serial of an SOA differ between any two servers, as do the SOA records behind an absence: they are hints.
/// </summary>
internal static class Difference
{
    public const string Rcode = "rcode", Name = "name", OnlyOurs = "only-ours", OnlyTheirs = "only-theirs", Ttl = "ttl", Serial = "serial",
        Soa = "soa";

    public static IReadOnlyList<DifferenceDocument> Find(CompareSideDocument ours, CompareSideDocument theirs)
    {
        var found = new List<DifferenceDocument>();
        if (ours.Rcode != theirs.Rcode) found.Add(new(Rcode, null, null, ours.Rcode, theirs.Rcode));
        if (ours.Name != theirs.Name && ours.Records.Count > 0 && theirs.Records.Count > 0)
            found.Add(new(Name, null, null, ours.Name, theirs.Name));
        HashSet<string> here = [.. ours.Records.Select(KeyOf)], there = [.. theirs.Records.Select(KeyOf)];
        found.AddRange(ours.Records.DistinctBy(KeyOf).Where(record => !there.Contains(KeyOf(record)))
            .Select(record => new DifferenceDocument(OnlyOurs, record.Name, record.Type, record.Data, null)));
        found.AddRange(theirs.Records.DistinctBy(KeyOf).Where(record => !here.Contains(KeyOf(record)))
            .Select(record => new DifferenceDocument(OnlyTheirs, record.Name, record.Type, null, record.Data)));
        return found;
    }

    /// <summary>What differs without telling the answers apart.</summary>
    public static IReadOnlyList<DifferenceDocument> FindHints(CompareSideDocument ours, CompareSideDocument theirs)
    {
        var found = new List<DifferenceDocument>();
        foreach ((string Name, string Type) set in ours.Records.Select(SetOf).Distinct())
        {
            uint? here = TtlOf(ours, set), there = TtlOf(theirs, set);
            if (there is not null && here != there) found.Add(new(Ttl, set.Name, set.Type, $"{here}", $"{there}"));
        }

        foreach (AnswerRecordDocument mine in ours.Records.Where(IsSoa))
            if (theirs.Records.FirstOrDefault(other => KeyOf(other) == KeyOf(mine)) is { } other && SerialOf(mine) != SerialOf(other))
                found.Add(new(Serial, mine.Name, mine.Type, SerialOf(mine), SerialOf(other)));
        if (ours.Soa is { } end && theirs.Soa is { } otherEnd && KeyOf(end) != KeyOf(otherEnd))
            found.Add(new(Soa, null, null, $"{end.Name} {end.Data}", $"{otherEnd.Name} {otherEnd.Data}"));
        return found;
    }

    private static (string, string) SetOf(AnswerRecordDocument record) => (record.Name, record.Type);

    private static uint? TtlOf(CompareSideDocument side, (string, string) set) =>
        side.Records.Where(record => SetOf(record) == set).Select(record => (uint?)record.Ttl).Min();

    private static bool IsSoa(AnswerRecordDocument record) => record.Type == RecordTypeText.Write(RecordType.SOA);

    /// <summary>What is the same for two records that are, by RFC 2181 5: owner, type and data; the serial of an SOA left out.</summary>
    private static string KeyOf(AnswerRecordDocument record)
    {
        string[] words = IsSoa(record) ? record.Data.Split(' ') : [record.Data];
        if (words.Length > 2) words[2] = "serial";
        return $"{record.Name} {record.Type} {string.Join(' ', words)}";
    }

    private static string SerialOf(AnswerRecordDocument soa) => soa.Data.Split(' ')[2];
}
