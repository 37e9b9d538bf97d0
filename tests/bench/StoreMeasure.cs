using System.Diagnostics;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Bench;

/// <summary>
/// The SQLite store with many entries: how fast it writes one by one and in batches as an import does, how long it takes to open,
/// how much memory the entries take, and what a lookup among them allocates.
/// </summary>
internal static class StoreMeasure
{
    private const int Entries = 100_000;
    private const int Batch = 10_000;
    private const int Singles = 2_000;
    private const int Lookups = 1_000_000;

    public static async Task RunAsync(string folder)
    {
        string path = Path.Combine(folder, "entries.db");
        Entry[] entries = [.. Enumerable.Range(0, Entries).Select(Make)];
        await WriteAsync(path, entries);
        await OpenAsync(path);
    }

    private static async Task WriteAsync(string path, Entry[] entries)
    {
        await using SqliteEntryStore store = Open(path);
        Stopwatch watch = Stopwatch.StartNew();
        foreach (Entry entry in entries.Take(Singles)) await PutAsync(store, [entry]);
        Say("writes one by one, each synced", Singles / watch.Elapsed.TotalSeconds, "writes/s");

        watch.Restart();
        foreach (Entry[] batch in entries.Skip(Singles).Chunk(Batch)) await PutAsync(store, batch);
        Say($"batches of {Batch}", (Entries - Singles) / watch.Elapsed.TotalSeconds, "entries/s");

        watch.Restart();
        await PutAsync(store, [.. entries.Select(e => e with { Ttl = 5 })]);
        Say($"one batch that replaces all {Entries}", Entries / watch.Elapsed.TotalSeconds, "entries/s");
        Say("the file and its log", Directory.GetFiles(Path.GetDirectoryName(path)!).Sum(f => new FileInfo(f).Length) / 1e6, "MB");
    }

    private static async Task OpenAsync(string path)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Stopwatch watch = Stopwatch.StartNew();
        await using SqliteEntryStore store = Open(path);
        Say("opening", watch.Elapsed.TotalMilliseconds, "ms");
        var view = new EntryView(TimeProvider.System);
        await using IAsyncEnumerator<EntryChanges> changes = store.WatchAsync(CancellationToken.None).GetAsyncEnumerator();
        await changes.MoveNextAsync();
        view.Apply(changes.Current);
        Say("opening, until questions are answered", watch.Elapsed.TotalMilliseconds, "ms");
        Say("memory of the entries and their answers", (GC.GetTotalMemory(forceFullCollection: true) - before) / 1e6, "MB");
        Look(new EntrySource(view.Names));
    }

    private static void Look(EntrySource source)
    {
        Span<byte> name = stackalloc byte[WireName.MaxLength];
        NameText.TryRead("n77777.bench.example", name, out int length, out _);
        using Query query = Query.Rent();
        query.Ask(name[..length], RecordType.A);
        for (int i = 0; i < 10_000; i++) Find(source, query);
        long bytes = GC.GetAllocatedBytesForCurrentThread();
        Stopwatch watch = Stopwatch.StartNew();
        for (int i = 0; i < Lookups; i++) Find(source, query);
        Say("a lookup", watch.Elapsed.TotalNanoseconds / Lookups, "ns");
        Say("a lookup", (double)(GC.GetAllocatedBytesForCurrentThread() - bytes) / Lookups, "B");
    }

    private static void Find(EntrySource source, Query query)
    {
        ValueTask<Answer?> found = source.FindAsync(query, CancellationToken.None);
        if (!found.IsCompletedSuccessfully || found.Result is null) throw new InvalidOperationException("The entry is not there.");
    }

    private static SqliteEntryStore Open(string path) =>
        SqliteEntryStore.TryOpen(path, TimeProvider.System, out SqliteEntryStore? store, out string? error)
            ? store
            : throw new InvalidOperationException(error);

    private static async Task PutAsync(SqliteEntryStore store, IEnumerable<Entry> entries)
    {
        EntryWrite[] writes = [.. entries.Select(entry => EntryWrite.Put(entry))];
        StoreResult result = await store.WriteAsync(writes, EntryAuthor.Unknown, dryRun: false, CancellationToken.None);
        if (!result.Succeeded) throw new InvalidOperationException($"The store says {result.Writes[result.FailedAt!.Value].Outcome}.");
    }

    private static Entry Make(int number)
    {
        byte[] address = [10, (byte)(number >> 16), (byte)(number >> 8), (byte)number];
        return new Entry
        {
            Name = DnsName.Parse($"n{number}.bench.example"),
            Type = RecordType.A,
            Ttl = 60,
            Records = [new EntryRecord(string.Join('.', address), address)],
            AutoPtr = true,
        };
    }

    private static void Say(string what, double value, string unit) => Console.WriteLine($"{what,-45} {value,12:N1} {unit}");
}
