using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Entries;

/// <summary>What a write of very many entries does to the names that answer.</summary>
public class EntryViewTests
{
    private const int Many = 20_000;

    private readonly FakeTimeProvider _time = EntryTestData.Clock();

    /// <summary>As a hosts file that leads a block list to one address: each name by itself, and one reverse name of all.</summary>
    [Fact]
    public async Task Many_names_of_one_address_are_applied_in_time_that_grows_with_them()
    {
        EntryView view = await ApplyAsync(entry => entry);

        Assert.Equal("192.0.2.1", RecordText.Write(RecordType.A, Find(view.Names, "n777.example", RecordType.A)!));
        Assert.NotNull(Find(view.Pointers, "1.2.0.192.in-addr.arpa", RecordType.PTR));
        view.Apply(new EntryChanges(2, Reset: true, []));
        Assert.Null(Find(view.Pointers, "1.2.0.192.in-addr.arpa", RecordType.PTR));
        Assert.Empty(view.Names.Owners().Concat(view.Pointers.Owners()));
    }

    [Fact]
    public async Task Many_moments_of_expiry_at_one_name_are_each_exact()
    {
        EntryView view = await ApplyAsync(entry => entry with { ExpiresAt = EntryTestData.Start.AddSeconds(1 + int.Parse(
            entry.Name.ToString()[1..^".example.".Length], System.Globalization.CultureInfo.InvariantCulture)) });

        _time.Advance(TimeSpan.FromSeconds(Many - 1));
        Assert.Equal(
            $"n{Many - 1}.example.", RecordText.Write(RecordType.PTR, Find(view.Pointers, "1.2.0.192.in-addr.arpa", RecordType.PTR)!));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(Find(view.Pointers, "1.2.0.192.in-addr.arpa", RecordType.PTR));
    }

    private async Task<EntryView> ApplyAsync(Func<Entry, Entry> change)
    {
        Entry first = EntryTestData.Entry("n.example", "A", "192.0.2.1");
        var view = new EntryView(_time);
        EntryChange[] changes = [.. Enumerable.Range(0, Many).Select(i => change(first with { Name = DnsName.Parse($"n{i}.example") }))
            .Select(entry => new EntryChange(entry.Key, entry))];
        await Task.Run(() => view.Apply(new EntryChanges(1, Reset: false, changes)), TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        return view;
    }

    /// <summary>The RDATA of the first record; null for no answer.</summary>
    private static byte[]? Find(ScopedNames names, string name, RecordType type)
    {
        using Query query = Query.Rent();
        query.Ask(DnsName.Parse(name).Span, type);
        if (names.Find(query) is not { } answer) return null;
        Span<byte> room = stackalloc byte[AnswerRecords.Room];
        AnswerRecords records = answer.ReadRecords(query.Name, room);
        return records.MoveNext() ? records.Data.ToArray() : null;
    }
}
