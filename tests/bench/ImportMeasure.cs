using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using KubeDoH.Api.Entries;
using KubeDoH.Api.Entries.Transfer;
using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Entries;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeDoH.Bench;

/// <summary>
/// 100,000 lines in one import, from the octets of the text to entries that are on the disk and answer, as the endpoint does it: how
/// long it takes, and the most memory that the whole process had. One form a process, since that only grows.
/// </summary>
internal static class ImportMeasure
{
    private const int Lines = 100_000;

    public static async Task RunAsync(string name, string folder)
    {
        TransferForm form = Enum.Parse<TransferForm>(name, ignoreCase: true);
        byte[] text = Encoding.UTF8.GetBytes(Text(form));
        string path = Path.Combine(folder, $"{name}.db");
        if (!SqliteEntryStore.TryOpen(path, TimeProvider.System, out SqliteEntryStore? store, out string? error))
            throw new InvalidOperationException(error);
        var view = new EntryView(TimeProvider.System);
        var feed = new EntryFeed(store, view, TimeProvider.System, NullLogger<EntryFeed>.Instance);
        using var stop = new CancellationTokenSource();
        Task feeding = feed.RunAsync(stop.Token);
        await feed.Synced;
        var catalog = new EntryCatalog(store, view, feed, new EntryRules(null, TimeProvider.System), TimeProvider.System);
        double idle = PeakMegabytes();

        foreach (string run in (string[])["into an empty store", "again, nothing new"])
        {
            Stopwatch watch = Stopwatch.StartNew();
            double before = ProcessorSeconds();
            var import = new EntryImport("bench");
            if (ImportTexts.Read(form, text, null, import) is { } fault) throw new InvalidOperationException(fault.Reason);
            double read = watch.Elapsed.TotalSeconds;
            ImportResult result = await catalog.Transfer.ImportAsync(
                import, ImportMode.Replace, isWhole: true, default, CancellationToken.None);
            if (result.Plan is not { } plan || plan.Created + plan.Unchanged != Lines)
                throw new InvalidOperationException("Not every line is an entry.");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"import of {Lines} lines, {name}, {run}: {watch.Elapsed.TotalSeconds:N2} s ({read:N2} s of it reading "
                + $"{text.Length / 1e6:N1} MB), {ProcessorSeconds() - before:N2} s of processor time; at most {PeakMegabytes():N0} MB "
                + $"resident, {idle:N0} MB before"));
        }

        await stop.CancelAsync();
        await feeding;
        await store.DisposeAsync();
    }

    private static string Text(TransferForm form)
    {
        IEnumerable<int> numbers = Enumerable.Range(0, Lines);
        return form switch
        {
            TransferForm.Hosts => string.Join('\n', numbers.Select(i => $"{Address(i)} n{i}.bench.example")),
            TransferForm.Zone => "$ORIGIN bench.example.\n$TTL 300\n" + string.Join('\n', numbers.Select(i => $"n{i} IN A {Address(i)}")),
            _ => $"[{string.Join(",\n", numbers.Select(Item))}]",
        };
    }

    private static string Item(int number) => JsonSerializer.Serialize(
        new EntryDocument(
            $"n{number}.bench.example.", "A", 60, [Address(number)],
            true, [], null, new Dictionary<string, string>(), null, false, true, "bench",
            number + 1, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch),
        ApiJsonContext.Default.EntryDocument);

    private static string Address(int number) => $"10.{(byte)(number >> 16)}.{(byte)(number >> 8)}.{(byte)number}";

    private static double ProcessorSeconds() => Environment.CpuUsage.TotalTime.TotalSeconds;

    /// <summary>The most that this process had in memory so far.</summary>
    private static double PeakMegabytes() =>
        long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal)).Split(
            ' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024.0;
}
