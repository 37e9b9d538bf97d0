using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Entries;

/// <summary>What every store promises of writers who may not touch everything.</summary>
public abstract partial class EntryStoreContract
{
    private static readonly EntryBounds Shop = new([DnsName.Parse("shop.example")], ["shop"]);

    /// <summary>What is there (its namespaces; none for nothing), what is put in its place, and what comes of it.</summary>
    [Theory]
    [InlineData(null, "shop", StoreOutcome.Created)]
    [InlineData(null, "", StoreOutcome.OutOfBounds)]
    [InlineData(null, "ops,shop", StoreOutcome.OutOfBounds)]
    [InlineData("shop", "shop", StoreOutcome.Replaced)]
    [InlineData("shop", "", StoreOutcome.OutOfBounds)]
    [InlineData("", "shop", StoreOutcome.OutOfBounds)]
    [InlineData("ops", "shop", StoreOutcome.OutOfBounds)]
    [InlineData("shop", null, StoreOutcome.Deleted)]
    [InlineData("", null, StoreOutcome.OutOfBounds)]
    [InlineData(null, null, StoreOutcome.NotFound)]
    public async Task Write_within_bounds_needs_both_the_entry_there_and_its_own(string? there, string? written, StoreOutcome outcome)
    {
        if (there is not null) await _store.WriteAsync(EntryWrite.Put(Scoped("a.shop.example", "192.0.2.1", there)));
        EntryKey key = EntryTestData.Key("a.shop.example");
        EntryWrite write = written is null ? EntryWrite.Delete(key) : EntryWrite.Put(Scoped("a.shop.example", "192.0.2.2", written));

        StoreResult result = await _store.WriteAsync(write with { Bounds = Shop });

        Assert.Equal(outcome, result.Writes[0].Outcome);
        if (outcome == StoreOutcome.OutOfBounds) Assert.Null(result.Writes[0].Entry);
        string?[] stored = [.. (await EverythingAsync()).Items.Select(i => i.Entry!.Records[0].Text)];
        string?[] kept = there is null ? [] : ["192.0.2.1"];
        Assert.Equal(
            outcome is StoreOutcome.Created or StoreOutcome.Replaced ? ["192.0.2.2"] : outcome == StoreOutcome.Deleted ? [] : kept, stored);
    }

    [Theory]
    [InlineData("shop.example", true)]
    [InlineData("*.shop.example", true)]
    [InlineData("a.b.shop.example", true)]
    [InlineData("ashop.example", false)]
    [InlineData("example", false)]
    public async Task Write_within_bounds_is_of_a_name_at_or_below_a_suffix(string name, bool within)
    {
        StoreResult result = await _store.WriteAsync(EntryWrite.Put(Scoped(name, "192.0.2.1", "shop")) with { Bounds = Shop });
        StoreResult gone = await _store.WriteAsync(
            EntryWrite.Delete(new EntryKey(DnsName.Parse(name), RecordType.ANY)) with { Bounds = Shop });

        Assert.Equal(
            within ? (StoreOutcome.Created, StoreOutcome.Deleted) : (StoreOutcome.OutOfBounds, StoreOutcome.OutOfBounds),
            (result.Writes[0].Outcome, gone.Writes[0].Outcome));
    }

    [Fact]
    public async Task Batch_with_a_write_out_of_bounds_writes_nothing_and_says_which()
    {
        await _store.WriteAsync(EntryWrite.Put(Scoped("b.shop.example", "192.0.2.9", "ops")));

        StoreResult result = await _store.WriteAsync(
            EntryWrite.Put(Scoped("a.shop.example", "192.0.2.1", "shop")) with { Bounds = Shop },
            EntryWrite.Delete(new EntryKey(DnsName.Parse("b.shop.example"), RecordType.ANY)) with { Bounds = Shop });

        Assert.Equal([StoreOutcome.NotTried, StoreOutcome.OutOfBounds], result.Writes.Select(w => w.Outcome));
        Assert.Equal(["b.shop.example."], (await EverythingAsync()).Items.Select(i => i.Key.Name.ToString()));
    }

    private static Entry Scoped(string name, string address, string namespaces) => EntryTestData.Entry(
        EntryTestData.Draft(name, "A", address) with { Namespaces = namespaces.Split(',', StringSplitOptions.RemoveEmptyEntries) });
}
