using System.Net;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Wire;

namespace KubeDoH.Tests.Entries;

/// <summary>Sound entries of every type that may be stored, the same for the same seed.</summary>
internal sealed class RandomEntries(Random random)
{
    private readonly RandomRecords _records = new(random);
    private readonly EntryRules _rules = new(null, EntryTestData.Clock());

    /// <summary>Entries with something in every field now and then; no alias stands beside another type.</summary>
    public IReadOnlyList<EntryDraft> Make(int count)
    {
        var made = new Dictionary<EntryKey, EntryDraft>();
        var aliases = new Dictionary<DnsName, bool>();
        while (made.Count < count)
        {
            EntryDraft draft = Draft();
            bool isAlias = draft.Type == RecordType.CNAME;
            if (_rules.TryAccept(draft, false, out _) is null || made.ContainsKey(new EntryKey(draft.Name, draft.Type))) continue;
            if (aliases.TryGetValue(draft.Name, out bool taken) && (taken || isAlias)) continue;
            aliases[draft.Name] = isAlias;
            made.Add(new EntryKey(draft.Name, draft.Type), draft);
        }

        return [.. made.Values];
    }

    /// <summary>What a zone file can say: enabled, for everybody, no more than TTL and records, none of a zone's own records.</summary>
    public static EntryDraft? ForZone(EntryDraft draft) => draft.Type is RecordType.SOA or RecordType.NS
        ? null
        : new EntryDraft(draft.Name, draft.Type) { Ttl = draft.Ttl, Records = draft.Records, Source = EntryImport.DefaultSource };

    /// <summary>What a hosts file can say: addresses of a name.</summary>
    public EntryDraft ForHosts(string name, RecordType type)
    {
        int size = type == RecordType.A ? 4 : 16;
        return new EntryDraft(DnsName.Parse(name), type)
        {
            Records = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => new IPAddress(_records.Octets(size, size)).ToString())],
        };
    }

    private EntryDraft Draft()
    {
        RecordType type = _records.Type();
        return new EntryDraft(DnsName.Copy(_records.Name()), type)
        {
            Ttl = random.Next(3) == 0 ? null : random.Next(),
            Records = [.. Enumerable.Range(0, type is RecordType.CNAME or RecordType.DNAME ? 1 : random.Next(1, 4))
                .Select(_ => RecordText.Write(type, _records.Data(type)))],
            Enabled = random.Next(8) > 0,
            Namespaces = random.Next(8) > 0 ? null : ["shop", "ops"],
            Comment = random.Next(4) > 0 ? null : "zwölf \"quoted\" \\ ; ( comment",
            Labels = random.Next(4) > 0 ? null : new Dictionary<string, string?> { ["a/b"] = "", ["team"] = "data é" },
            ExpiresAt = random.Next(4) > 0 ? null : EntryTestData.Start.AddSeconds(random.Next(1, 1_000_000)),
            PassThrough = random.Next(4) == 0,
            AutoPtr = random.Next(4) == 0 ? false : null,
            Source = random.Next(2) == 0 ? "api" : "hosts-office",
        };
    }
}
