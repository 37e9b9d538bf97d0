using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Entries;

/// <summary>What every store promises of several writes at once, and of many writers.</summary>
public abstract partial class EntryStoreContract
{
    [Fact]
    public async Task Batch_says_of_each_write_what_came_of_it_and_which_one_failed_first()
    {
        long revision = (await PutAsync("192.0.2.1")).Entry!.Revision;

        StoreResult result = await _store.WriteAsync(
            Put("new.example", "192.0.2.2", EntryCondition.Absent),
            Put("a.example", "192.0.2.3", EntryCondition.Is(revision + 7)),
            EntryWrite.Delete(EntryTestData.Key("a.example"), EntryCondition.Is(revision)),
            EntryWrite.Delete(EntryTestData.Key("none.example")));

        Assert.Equal(1, result.FailedAt);
        Assert.Equal(
            [StoreOutcome.NotTried, StoreOutcome.PreconditionFailed, StoreOutcome.NotTried, StoreOutcome.NotFound],
            result.Writes.Select(w => w.Outcome));
        Assert.Equal(revision, result.Writes[1].Entry!.Revision);
        Assert.Equal(revision, result.Revision);
        Assert.Equal(["a.example."], (await EverythingAsync()).Items.Select(i => i.Key.Name.ToString()));
    }

    [Fact]
    public async Task Batch_that_succeeds_is_one_revision_and_each_write_sees_those_before()
    {
        await PutAsync("192.0.2.1");

        StoreResult result = await _store.WriteAsync(
            EntryWrite.Delete(EntryTestData.Key("a.example")),
            Put("a.example", "192.0.2.2", EntryCondition.Absent),
            Put("b.example", "192.0.2.3", EntryCondition.Absent),
            Put("b.example", "192.0.2.4", EntryCondition.Present));

        Assert.Null(result.FailedAt);
        Assert.Equal(
            [StoreOutcome.Deleted, StoreOutcome.Created, StoreOutcome.Created, StoreOutcome.Replaced],
            result.Writes.Select(w => w.Outcome));
        IReadOnlyList<EntryChange> there = (await EverythingAsync()).Items;
        Assert.Equal(["192.0.2.2", "192.0.2.4"], there.Select(i => i.Entry!.Records[0].Text).Order());
        Assert.All(there, i => Assert.Equal(result.Revision, i.Entry!.Revision));
    }

    [Fact]
    public async Task Batch_that_comes_to_nothing_writes_nothing()
    {
        await PutAsync("192.0.2.1");
        long before = (await EverythingAsync()).Revision;

        StoreResult result = await _store.WriteAsync(Put("b.example", "192.0.2.2"), EntryWrite.Delete(EntryTestData.Key("b.example")));
        StoreResult empty = await _store.WriteAsync();

        Assert.True(result.Succeeded && empty.Succeeded);
        Assert.Equal((before, before, before), (result.Revision, empty.Revision, (await EverythingAsync()).Revision));
    }

    [Fact]
    public async Task Batch_needs_the_capability_that_the_store_declares()
    {
        StoreResult result = await _store.WriteAsync(Put("a.example", "192.0.2.1"), Put("b.example", "192.0.2.1"));

        Assert.Equal(_store.Capabilities.AtomicBatches ? StoreOutcome.Created : StoreOutcome.NotAtomic, result.Writes[0].Outcome);
    }

    [Fact]
    public async Task Batch_of_many_names_is_written_in_time_that_grows_with_it()
    {
        StoreResult result = await _store.WriteAsync([.. Enumerable.Range(0, 5_000).Select(i => Put($"n{i}.example", "192.0.2.1"))])
            .AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.True(result.Succeeded);
        Assert.Equal(5_000, (await EverythingAsync()).Items.Count);
    }

    /// <summary>Every writer counts up what it has read, and writes it only over the revision that it has read.</summary>
    [Fact]
    public async Task Sixty_four_writers_with_a_revision_lose_no_update_and_leave_one_line_of_history()
    {
        const int writers = 64, each = 5;
        await using IEntryStore store = Open(_time, 2 * writers * each, "race.db");
        string[] names = ["a.example", "b.example"];
        foreach (string name in names) await store.WriteAsync(Put(name, "10.0.0.0"));
        async Task CountUpAsync(string name)
        {
            long seen = 0;
            Entry? there = null;
            for (int done = 0; done < each;)
            {
                int next = there is null ? 1 : Count(there) + 1;
                EntryWrite write = Put(name, $"10.0.{next / 256}.{next % 256}", EntryCondition.Is(seen));
                WriteResult result = (await store.WriteAsync(write)).Writes[0];
                (there, seen) = (result.Entry, result.Entry!.Revision);
                if (result.Succeeded) done++;
                else Assert.Equal(StoreOutcome.PreconditionFailed, result.Outcome);
            }
        }

        await Task.WhenAll(Enumerable.Range(0, writers).Select(
            i => Task.Run(() => CountUpAsync(names[i % names.Length]), TestContext.Current.CancellationToken)));

        foreach (string name in names)
        {
            EntryHistoryPage page = (await store.ReadHistoryAsync(
                new EntryHistoryFilter { Name = DnsName.Parse(name), Limit = 1000 }, TestContext.Current.CancellationToken))!;
            EntryHistoryItem[] line = [.. page.Items.Reverse()];
            Assert.Equal(Enumerable.Range(0, 1 + (writers * each / names.Length)), line.Select(item => Count(item.After!)));
            Assert.Equal(line.SkipLast(1).Select(item => (long?)item.After!.Revision), line.Skip(1).Select(item => item.Before?.Revision));
            Assert.Equal(line.Select(item => item.Revision).Distinct().Order(), line.Select(item => item.Revision));
        }
    }

    private static int Count(Entry entry) => (entry.Records[0].Data[2] * 256) + entry.Records[0].Data[3];

    private static EntryWrite Put(string name, string address, EntryCondition? condition = null) =>
        EntryWrite.Put(EntryTestData.Entry(name, "A", address), condition);
}
