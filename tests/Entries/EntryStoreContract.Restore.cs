using KubeDoH.Engine.Entries;

namespace KubeDoH.Tests.Entries;

/// <summary>What every store promises of entries that come back with their revisions.</summary>
public abstract partial class EntryStoreContract
{
    [Fact]
    public async Task Restored_entries_are_as_they_were_and_revisions_go_on_above()
    {
        Assert.SkipUnless(_store.Capabilities.Restore, "the store cannot bring revisions back");
        Entry old = Old("a.example", 7),
            newer = EntryTestData.Whole() with { Revision = 41, CreatedAt = old.CreatedAt, UpdatedAt = old.UpdatedAt };

        StoreResult restored = await RestoreAsync(50, old, newer);
        StoreResult again = await RestoreAsync(50, old, newer);
        WriteResult next = await PutAsync("192.0.2.9", name: "next.example");

        Assert.Equal([StoreOutcome.Created, StoreOutcome.Created], restored.Writes.Select(w => w.Outcome));
        Assert.Equal([StoreOutcome.Unchanged, StoreOutcome.Unchanged], again.Writes.Select(w => w.Outcome));
        Assert.Equal((51, 51, 52), (restored.Revision, again.Revision, next.Entry!.Revision));
        Entry[] there = [.. (await EverythingAsync()).Items.Select(i => i.Entry!).Where(e => e.Revision != 52).OrderBy(e => e.Revision)];
        Assert.Equal([(7, old.CreatedAt, old.UpdatedAt), (41, old.CreatedAt, old.UpdatedAt)], there.Select(
            e => (e.Revision, e.CreatedAt, e.UpdatedAt)));
        Assert.True(there[0].SameContent(old) && there[1].SameContent(newer));
        EntryHistoryPage history = (await _store.ReadHistoryAsync(new EntryHistoryFilter(), TestContext.Current.CancellationToken))!;
        Assert.Equal([(52, 52), (51, 41), (51, 7)], history.Items.Select(i => (i.Revision, i.After!.Revision)));
    }

    [Fact]
    public async Task Restore_that_would_take_revisions_back_is_refused_whole()
    {
        Assert.SkipUnless(_store.Capabilities.Restore, "the store cannot bring revisions back");
        await PutAsync("192.0.2.1", name: "x.example");
        long revision = (await PutAsync("192.0.2.1", name: "there.example")).Entry!.Revision;

        StoreResult refused = await RestoreAsync(50, Old("a.example", 40), Old("b.example", revision));
        StoreResult above = await RestoreAsync(50, Old("a.example", revision + 1));

        Assert.Equal([StoreOutcome.NotTried, StoreOutcome.Refused], refused.Writes.Select(w => w.Outcome));
        Assert.Equal(EntryViolation.RevisionTaken, Assert.Single(refused.Writes[1].Violations!).Code);
        Assert.True(above.Succeeded);
        Assert.Equal(
            ["a.example.", "there.example.", "x.example."], (await EverythingAsync()).Items.Select(i => i.Key.Name.ToString()).Order());
    }

    [Fact]
    public async Task Restore_is_planned_without_being_made_and_sees_conflicts()
    {
        Assert.SkipUnless(_store.Capabilities.Restore, "the store cannot bring revisions back");
        Entry alias = EntryTestData.Entry("a.example", "CNAME", "b.example") with { Revision = 9 };

        StoreResult dry = await _store.RestoreAsync(
            [Old("a.example", 7)], 50, EntryTestData.Author, dryRun: true, TestContext.Current.CancellationToken);
        StoreResult conflict = await RestoreAsync(50, Old("a.example", 7), alias);

        Assert.Equal((StoreOutcome.Created, 51), (dry.Writes[0].Outcome, dry.Revision));
        Assert.Equal(EntryViolation.CnameExclusive, Assert.Single(conflict.Writes[1].Violations!).Code);
        Assert.Empty((await EverythingAsync()).Items);
    }

    /// <summary>Who asks for what comes after a revision that this store never had is sent to list again.</summary>
    [Fact]
    public async Task Restore_leaves_a_gap_that_followers_are_told_of()
    {
        Assert.SkipUnless(_store.Capabilities.Restore, "the store cannot bring revisions back");
        await PutAsync("192.0.2.1");
        StoreResult restored = await RestoreAsync(50, Old("b.example", 40));

        Assert.Null((await _store.ResumeAsync(1, TestContext.Current.CancellationToken)).Changes);
        Assert.NotNull((await _store.ResumeAsync(restored.Revision, TestContext.Current.CancellationToken)).Changes);
    }

    private static Entry Old(string name, long revision) => EntryTestData.Entry(name, "A", "192.0.2.1") with
    {
        Revision = revision,
        CreatedAt = EntryTestData.Start.AddYears(-1),
        UpdatedAt = EntryTestData.Start.AddDays(-1),
    };

    private ValueTask<StoreResult> RestoreAsync(long revision, params Entry[] entries) =>
        _store.RestoreAsync(entries, revision, EntryTestData.Author, dryRun: false, TestContext.Current.CancellationToken);
}
