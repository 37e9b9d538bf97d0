using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Wire;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Entries;

/// <summary>Entries in few words.</summary>
internal static class EntryTestData
{
    public static readonly DateTimeOffset Start = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

    public static readonly EntryAuthor Author = new("ops", "192.0.2.77");

    public static FakeTimeProvider Clock() => new(Start);

    public static EntryDraft Draft(string name, string type, params string[] records)
    {
        Assert.True(RecordTypeText.TryRead(type, out RecordType read));
        return new EntryDraft(DnsName.Parse(name), read) { Records = records };
    }

    public static Entry Entry(EntryDraft draft, TimeProvider? time = null)
    {
        Entry? entry = new EntryRules(null, time ?? Clock()).TryAccept(draft, false, out IReadOnlyList<EntryViolation> violations);
        Assert.Empty(violations);
        return entry!;
    }

    public static Entry Entry(string name, string type, params string[] records) => Entry(Draft(name, type, records));

    /// <summary>One with something in every field.</summary>
    public static Entry Whole() => Entry(Draft("*.a\\.b.example", "TXT", "\"a \\\"b\\\" \\200\"", "x") with
    {
        Ttl = 0,
        Enabled = false,
        Namespaces = ["shop", "ops"],
        Comment = "zwölf",
        Labels = new Dictionary<string, string?> { ["team"] = "data", ["a/b"] = "" },
        ExpiresAt = Start.AddDays(1).AddTicks(12345),
        PassThrough = true,
        Source = "hosts-office",
    });

    public static ValueTask<StoreResult> WriteAsync(this IEntryStore store, params EntryWrite[] writes) =>
        store.WriteAsync(writes, Author, dryRun: false, TestContext.Current.CancellationToken);

    public static EntryKey Key(string name, RecordType type = RecordType.A) => new(DnsName.Parse(name), type);
}
