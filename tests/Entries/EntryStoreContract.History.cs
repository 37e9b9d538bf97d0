using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Entries;

/// <summary>What every store promises of the past: history, events from a revision on, and entries that expire.</summary>
public abstract partial class EntryStoreContract
{
    [Fact]
    public async Task History_says_who_changed_what_when_and_from_where_the_latest_first()
    {
        await PutAsync("192.0.2.1");
        _time.Advance(TimeSpan.FromSeconds(5));
        await PutAsync("192.0.2.2");
        long last = (await _store.WriteAsync(EntryWrite.Delete(EntryTestData.Key("a.example")))).Revision;

        EntryHistoryItem[] items = [.. (await HistoryAsync()).Items];

        Assert.Equal(["192.0.2.2 > -", "192.0.2.1 > 192.0.2.2", "- > 192.0.2.1"], items.Select(i => $"{Text(i.Before)} > {Text(i.After)}"));
        Assert.All(items, i => Assert.Equal((EntryTestData.Author, EntryTestData.Key("a.example")), (i.Author, i.Key)));
        Assert.Equal((EntryTestData.Start.AddSeconds(5), EntryTestData.Start), (items[1].At, items[2].At));
        Assert.Equal(last, items[0].Revision);
        Assert.Equal(items[1].Revision, items[0].Before!.Revision);
    }

    [Fact]
    public async Task History_keeps_an_entry_whole()
    {
        Entry entry = EntryTestData.Whole();
        Entry stored = (await _store.WriteAsync(EntryWrite.Put(entry))).Writes[0].Entry!;

        Entry kept = (await HistoryAsync()).Items.Single().After!;

        Assert.True(kept.SameContent(stored));
        Assert.Equal((stored.Revision, stored.CreatedAt, stored.UpdatedAt), (kept.Revision, kept.CreatedAt, kept.UpdatedAt));
        Assert.Equal(stored.Records.Select(r => Convert.ToHexString(r.Data)), kept.Records.Select(r => Convert.ToHexString(r.Data)));
    }

    [Fact]
    public async Task History_has_nothing_of_writes_that_did_not_happen()
    {
        await PutAsync("192.0.2.1");
        await PutAsync("192.0.2.1");
        await PutAsync("192.0.2.2", EntryCondition.Absent);
        await _store.WriteAsync([Put("a.example", "192.0.2.3")], EntryTestData.Author, true, TestContext.Current.CancellationToken);
        await _store.WriteAsync(Put("b.example", "192.0.2.3"), EntryWrite.Delete(EntryTestData.Key("none.example")));

        Assert.Single((await HistoryAsync()).Items);
    }

    [Fact]
    public async Task History_is_read_by_name_and_page_by_page()
    {
        for (int i = 0; i < 7; i++) await _store.WriteAsync(Put("a.example", $"192.0.2.{i}"), Put("b.example", $"192.0.2.{i}"));
        List<string> pages = [];
        EntryHistoryPage page;
        long? before = null;
        do
        {
            page = await HistoryAsync(new EntryHistoryFilter { Name = DnsName.Parse("a.example"), Limit = 3, Before = before });
            pages.Add(string.Join(' ', page.Items.Select(i => i.After!.Records[0].Data[3])));
            before = page.Next;
        }
        while (before is not null);

        Assert.Equal(["6 5 4", "3 2 1", "0"], pages);
        Assert.Empty((await HistoryAsync(new EntryHistoryFilter { Name = DnsName.Parse("a.example"), Type = RecordType.TXT })).Items);
        Assert.Equal(14, (await HistoryAsync(new EntryHistoryFilter { Type = RecordType.A, Limit = 14 })).Items.Count);
    }

    [Fact]
    public async Task History_is_read_by_who_and_when()
    {
        foreach ((string author, int second) in new[] { ("ops", 1), ("dev", 2), ("ops", 3) })
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await _store.WriteAsync(
                [Put("a.example", $"192.0.2.{second}")], new EntryAuthor(author), false, TestContext.Current.CancellationToken);
        }

        async Task<string> ReadAsync(EntryHistoryFilter filter) =>
            string.Join(' ', (await HistoryAsync(filter)).Items.Select(item => item.After!.Records[0].Data[3]));

        Assert.Equal("3 1", await ReadAsync(new EntryHistoryFilter { Author = "ops" }));
        Assert.Equal("3 2", await ReadAsync(new EntryHistoryFilter { Since = EntryTestData.Start.AddSeconds(2) }));
        Assert.Equal("3", await ReadAsync(new EntryHistoryFilter { Since = EntryTestData.Start.AddSeconds(2).AddTicks(1) }));
        Assert.Equal("1", await ReadAsync(new EntryHistoryFilter { Until = EntryTestData.Start.AddSeconds(2) }));
        Assert.Equal("2 1", await ReadAsync(new EntryHistoryFilter { Until = EntryTestData.Start.AddSeconds(2).AddTicks(1) }));
        Assert.Equal("", await ReadAsync(new EntryHistoryFilter { Author = "dev", Until = EntryTestData.Start.AddSeconds(2) }));
    }

    [Fact]
    public async Task History_is_bounded_and_loses_whole_writes_only()
    {
        for (int i = 0; i < 10; i++)
            await _store.WriteAsync([.. "abc".Select(name => Put($"{name}.example", $"192.0.2.{i}"))]);

        EntryHistoryItem[] items = [.. (await HistoryAsync()).Items];

        Assert.Equal(21, items.Length);
        Assert.All(items.GroupBy(i => i.Revision), write => Assert.Equal(3, write.Count()));
    }

    [Fact]
    public async Task Events_go_on_after_a_revision_and_with_what_comes()
    {
        await PutAsync("192.0.2.1");
        long seen = (await PutAsync("192.0.2.2")).Entry!.Revision;
        await PutAsync("192.0.2.3");
        await _store.WriteAsync(Put("b.example", "192.0.2.4"), EntryWrite.Delete(EntryTestData.Key("a.example")));
        await using IAsyncEnumerator<EntryChanges> events = (await ResumeAsync(seen))!.GetAsyncEnumerator(Stop);

        List<string> read = [await NextAsync(events), await NextAsync(events)];
        Task<string> coming = NextAsync(events);
        Assert.False(coming.IsCompleted);
        await PutAsync("192.0.2.5", name: "c.example");
        read.Add(await coming.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));

        Assert.Equal(
            [$"{seen + 1} a.example.=192.0.2.3", $"{seen + 2} b.example.=192.0.2.4 a.example.=-",
             $"{seen + 3} c.example.=192.0.2.5"], read);
    }

    [Fact]
    public async Task Events_of_a_large_write_come_in_pieces_and_whole()
    {
        const int count = (2 * EntryEvents.Piece) + 500;
        await using IEntryStore store = Open(_time, 2 * count, "large.db");
        await store.WriteAsync([.. Enumerable.Range(0, count).Select(i => Put($"n{i}.example", "192.0.2.1"))]);
        await store.WriteAsync(Put("next.example", "192.0.2.2"));
        await using IAsyncEnumerator<EntryChanges> events = (await store.ResumeAsync(0, Stop)).Changes!.GetAsyncEnumerator(Stop);
        List<EntryChanges> read = [];
        while (read.Count < 4 && await events.MoveNextAsync()) read.Add(events.Current);

        Assert.Equal([(1, true), (1, true), (1, false), (2, false)], read.Select(write => (write.Revision, write.Continues)));
        Assert.Equal([EntryEvents.Piece, EntryEvents.Piece, 500, 1], read.Select(write => write.Items.Count));
        Assert.Equal(count + 1, read.SelectMany(write => write.Items).Select(item => item.Key).Distinct().Count());
    }

    [Fact]
    public async Task Events_of_a_revision_that_is_too_old_or_of_another_store_are_told_apart_from_none()
    {
        Assert.NotNull(await ResumeAsync(0));
        long revision = 0;
        for (int i = 0; i < HistoryLimit + 5; i++) revision = (await PutAsync($"192.0.2.{i}")).Entry!.Revision;

        Assert.Null(await ResumeAsync(0));
        Assert.Null(await ResumeAsync(revision - HistoryLimit - 1));
        Assert.NotNull(await ResumeAsync(revision - HistoryLimit));
        Assert.NotNull(await ResumeAsync(revision));
        Assert.Null(await ResumeAsync(revision + 1));
        Assert.Null(await ResumeAsync(-1));
    }

    [Fact]
    public async Task Events_end_for_a_reader_whom_the_history_has_left_behind()
    {
        await PutAsync("192.0.2.1");
        await using IAsyncEnumerator<EntryChanges> events = (await ResumeAsync(0))!.GetAsyncEnumerator(Stop);
        await NextAsync(events);
        for (int i = 0; i <= HistoryLimit; i++) await PutAsync($"192.0.2.{i + 2}");

        Assert.False(await events.MoveNextAsync());
    }

    [Fact]
    public async Task Expired_entries_are_taken_away_in_bounded_writes_the_first_to_expire_first()
    {
        foreach ((string name, int minutes) in new[] { ("c", 3), ("a", 1), ("later", 60), ("b", 2) })
        {
            EntryDraft draft = EntryTestData.Draft($"{name}.example", "A", "192.0.2.1");
            draft = draft with { ExpiresAt = EntryTestData.Start.AddMinutes(minutes) };
            await _store.WriteAsync(EntryWrite.Put(EntryTestData.Entry(draft)));
        }

        await PutAsync("192.0.2.1", name: "never.example");
        int early = await _store.RemoveExpiredAsync(2, TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromMinutes(3));
        int first = await _store.RemoveExpiredAsync(2, TestContext.Current.CancellationToken);
        EntryHistoryItem[] removed = [.. (await HistoryAsync(new EntryHistoryFilter { Limit = 2 })).Items.Reverse()];
        int second = await _store.RemoveExpiredAsync(2, TestContext.Current.CancellationToken);
        int third = await _store.RemoveExpiredAsync(2, TestContext.Current.CancellationToken);

        Assert.Equal((0, 2, 1, 0), (early, first, second, third));
        Assert.Equal(["a.example.", "b.example."], removed.Select(i => i.Key.Name.ToString()));
        Assert.All(removed, i => Assert.Equal((EntryAuthor.Expiry, null), (i.Author, i.After)));
        Assert.Equal(["later.example.", "never.example."], (await EverythingAsync()).Items.Select(i => i.Key.Name.ToString()).Order());
    }

    [Fact]
    public async Task Entry_whose_expiry_was_put_off_is_not_taken_away()
    {
        EntryDraft draft = EntryTestData.Draft("a.example", "A", "192.0.2.1") with { ExpiresAt = EntryTestData.Start.AddMinutes(1) };
        await _store.WriteAsync(EntryWrite.Put(EntryTestData.Entry(draft)));
        await _store.WriteAsync(EntryWrite.Put(EntryTestData.Entry(draft with { ExpiresAt = EntryTestData.Start.AddMinutes(9) })));
        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(0, await _store.RemoveExpiredAsync(10, TestContext.Current.CancellationToken));
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, await _store.RemoveExpiredAsync(10, TestContext.Current.CancellationToken));
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static string Text(Entry? entry) => entry?.Records[0].Text ?? "-";

    private static async Task<string> NextAsync(IAsyncEnumerator<EntryChanges> events)
    {
        Assert.True(await events.MoveNextAsync());
        EntryChanges changes = events.Current;
        Assert.Equal((EntryTestData.Author, EntryTestData.Start), (changes.Author, changes.At));
        return $"{changes.Revision} {string.Join(' ', changes.Items.Select(i => $"{i.Key.Name}={Text(i.Entry)}"))}";
    }

    private async Task<EntryHistoryPage> HistoryAsync(EntryHistoryFilter? filter = null) =>
        (await _store.ReadHistoryAsync(filter ?? new EntryHistoryFilter(), TestContext.Current.CancellationToken))!;

    private async Task<IAsyncEnumerable<EntryChanges>?> ResumeAsync(long revision) =>
        (await _store.ResumeAsync(revision, TestContext.Current.CancellationToken)).Changes;
}
