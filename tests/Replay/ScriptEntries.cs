using System.Globalization;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Replay;

/// <summary>
/// Entries as records, one a line; lines of one name and type are one entry. Behind a record may stand <c>@ns=shop,ops</c>,
/// <c>@passThrough</c>, <c>@noPtr</c>, <c>@disabled</c>, <c>@expires=10s</c>.
/// </summary>
internal sealed class ScriptEntries(DnsName zone, TimeProvider time)
{
    private readonly EntryRules _rules = new(zone, time);
    private long _revision;

    public EntryView View { get; } = new(time);

    /// <summary>Puts these entries in the place of all that were there, as a store's first change does.</summary>
    public void Load(IReadOnlyList<ScriptLine> lines)
    {
        Entry[] entries = [.. lines.GroupBy(Key).Select(Read)];
        View.Apply(new EntryChanges(++_revision, Reset: true, [.. entries.Select(entry => new EntryChange(entry.Key, entry))]));
    }

    private static (string, RecordType) Key(ScriptLine line)
    {
        RecordLine record = RecordLine.Read(line);
        return (record.Owner, record.Type);
    }

    private Entry Read(IGrouping<(string Owner, RecordType Type), ScriptLine> lines)
    {
        ScriptLine first = lines.First();
        var draft = new EntryDraft(DnsName.Parse(lines.Key.Owner), lines.Key.Type)
        {
            Ttl = RecordLine.Read(first).Ttl,
            Records = [.. lines.Select(line => RecordLine.Read(line).Data)],
        };
        foreach (string word in first.Words.Where(word => word[0] == '@')) draft = With(draft, first, word);
        Entry? entry = _rules.TryAccept(draft, overrideZone: true, out IReadOnlyList<EntryViolation> violations);
        return entry ?? throw first.Error(string.Join("; ", violations.Select(violation => violation.Detail)));
    }

    private EntryDraft With(EntryDraft draft, ScriptLine line, string property) => property.Split('=', 2) switch
    {
        ["@ns", var names] => draft with { Namespaces = names.Split(',') },
        ["@passThrough"] => draft with { PassThrough = true },
        ["@noPtr"] => draft with { AutoPtr = false },
        ["@disabled"] => draft with { Enabled = false },
        ["@expires", var seconds] => draft with { ExpiresAt = time.GetUtcNow() + ScriptTime.Read(line, seconds) },
        _ => throw line.Error($"'{property}' is no property of an entry"),
    };
}

/// <summary>Spans of time: <c>10s</c>, <c>500ms</c>.</summary>
internal static class ScriptTime
{
    public static TimeSpan Read(ScriptLine line, string text)
    {
        bool isMilliseconds = text.EndsWith("ms", StringComparison.Ordinal);
        string digits = text[..^(isMilliseconds ? 2 : 1)];
        if (!text.EndsWith('s') || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            throw line.Error($"'{text}' is no time such as 10s or 500ms");
        return isMilliseconds ? TimeSpan.FromMilliseconds(number) : TimeSpan.FromSeconds(number);
    }
}
