using System.Runtime.CompilerServices;
using KubeDoH.Engine.Entries;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Entries;

public class EntryFeedTests
{
    private readonly FakeTimeProvider _time = EntryTestData.Clock();

    [Fact]
    public async Task Watch_that_breaks_is_taken_up_again_and_starts_over()
    {
        Entry first = EntryTestData.Entry("a.example", "A", "192.0.2.1"), second = EntryTestData.Entry("b.example", "A", "192.0.2.2");
        var view = new EntryView(_time);
        var feed = new EntryFeed(new BreakingStore(first, second), view, _time, NullLogger<EntryFeed>.Instance);
        using var stop = new CancellationTokenSource();
        Task running = feed.RunAsync(stop.Token);
        await feed.Synced;
        Task reached = feed.ReachAsync(2, TestContext.Current.CancellationToken);
        Assert.Equal(["a.example."], view.All.Select(e => e.Name.ToString()));

        while (!reached.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(["b.example."], view.All.Select(e => e.Name.ToString()));
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Writer_is_let_go_when_the_feed_stops()
    {
        var feed = new EntryFeed(new MemoryEntryStore(_time), new EntryView(_time), _time, NullLogger<EntryFeed>.Instance);
        using var stop = new CancellationTokenSource();
        Task running = feed.RunAsync(stop.Token);
        await feed.Synced;
        Task waiting = feed.ReachAsync(5, TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);

        await stop.CancelAsync();

        await running;
        await waiting;
    }

    [Fact]
    public async Task Expired_entries_leave_the_store_and_the_view_some_time_later()
    {
        var store = new MemoryEntryStore(_time);
        var view = new EntryView(_time);
        var feed = new EntryFeed(store, view, _time, NullLogger<EntryFeed>.Instance);
        using var stop = new CancellationTokenSource();
        Task running = feed.RunAsync(stop.Token);
        const int many = (2 * EntryExpiry.BatchSize) + 1;
        EntryDraft Draft(int i) =>
            EntryTestData.Draft($"n{i}.example", "A", "192.0.2.1") with { ExpiresAt = EntryTestData.Start.AddSeconds(30) };
        StoreResult put = await store.WriteAsync([.. Enumerable.Range(0, many).Select(i => EntryWrite.Put(EntryTestData.Entry(Draft(i))))]);
        await feed.ReachAsync(put.Revision, TestContext.Current.CancellationToken);
        Assert.Equal(many, view.All.Count());

        _time.Advance(EntryExpiry.Interval);
        await feed.ReachAsync(put.Revision + 3, TestContext.Current.CancellationToken);

        Assert.Empty(view.All);
        await stop.CancelAsync();
        await running;
    }

    /// <summary>Sends its first entry, breaks, and at the next watch has only the second.</summary>
    private sealed class BreakingStore(Entry first, Entry second) : IEntryStore
    {
        private int _watches;

        public EntryStoreCapabilities Capabilities { get; } = new(AtomicBatches: false, Durable: false);

        public async IAsyncEnumerable<EntryChanges> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            int watch = ++_watches;
            Entry entry = watch == 1 ? first : second;
            yield return new EntryChanges(watch, Reset: true, [new EntryChange(entry.Key, entry)]);
            if (watch == 1) throw new IOException("The connection broke.");
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        public ValueTask<EntryResumption> ResumeAsync(long revision, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask<StoreResult> WriteAsync(
            IReadOnlyList<EntryWrite> writes, EntryAuthor author, bool dryRun, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask<StoreResult> RestoreAsync(
            IReadOnlyList<Entry> entries, long revision, EntryAuthor author, bool dryRun, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask<int> RemoveExpiredAsync(int atMost, CancellationToken cancellationToken) => ValueTask.FromResult(0);

        public ValueTask<EntryHistoryPage?> ReadHistoryAsync(EntryHistoryFilter filter, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public string Describe() => "breaks";

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
