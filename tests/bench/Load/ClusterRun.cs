using System.Diagnostics;
using KubeDoH.Tests.Fakes.ApiServer;

namespace KubeDoH.Bench.Load;

/// <summary>
/// The scale row of the budgets: 10,000 services with 10 endpoints each at an API server in this process, followed by the native build
/// in its own.
/// </summary>
internal static class ClusterRun
{
    private const int Services = 10_000, EndpointsEach = 10, Changes = 500, Rate = 1000, StormSeconds = 10;

    private const double SyncBudget = 5, ResidentBudget = 150, VisibleBudget = 50;

    /// <summary>Until a garbage collection that was due has given its pages back.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);

    /// <summary>The exit code: 0 where every budget is met.</summary>
    public static async Task<int> RunAsync(Fleet fleet)
    {
        var report = new Report();
        var generated = new GeneratedObjects(1, Services, EndpointsEach);
        await using FakeApiServer server = await FakeApiServer.StartAsync();
        generated.Fill(server.Objects);
        GC.Collect();
        await using Server service = fleet.StartLive(server.Address);
        using var client = new ClusterClient(service);
        Report.Begin($"{Services:N0} services with {EndpointsEach} endpoints each, native build", "what", "measured", "budget");

        TimeSpan synced = await client.ReadyAsync(service);
        string verdict = $"under {SyncBudget} s: {report.Judge(synced.TotalSeconds < SyncBudget)}";
        Report.Row("start to synced", $"{Report.Number(synced.TotalSeconds, "0.00")} s", verdict);
        await ResidentAsync(service, report, "resident when synced");
        await VisibleAsync(generated, server, client, report);
        await StormAsync(generated, server, client, report);
        await RelistAsync(server, service, report);
        return report.Met ? 0 : 1;
    }

    private static async Task ResidentAsync(Server service, Report report, string when)
    {
        double atOnce = service.ResidentMegabytes;
        await Task.Delay(Idle);
        double later = service.ResidentMegabytes, peak = service.PeakMegabytes;
        Report.Row(
            when,
            $"{Report.Number(atOnce, "0")} MB, {Report.Number(later, "0")} MB after {Idle.TotalSeconds} s, {Report.Number(peak, "0")} MB "
            + "at most so far",
            $"under {ResidentBudget} MB: {report.Judge(later < ResidentBudget)}");
    }

    /// <summary>From the change of an object at the server to the first reply that has it.</summary>
    private static async Task VisibleAsync(GeneratedObjects generated, FakeApiServer server, ClusterClient client, Report report)
    {
        var random = new Random(2);
        var times = new List<double>();
        for (int change = 0; change < Changes; change++)
        {
            int number = random.Next(generated.Services / 5) * 5;
            long before = Stopwatch.GetTimestamp();
            System.Net.IPAddress address = generated.Move(server.Objects, number);
            await client.UntilAsync(number, address);
            times.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
            await Task.Delay(random.Next(10));
        }

        times.Sort();
        double late = times[(int)(times.Count * 0.99)];
        Report.Row(
            $"a change to its visibility, {Changes} times",
            $"{Report.Number(times[times.Count / 2], "0.0")} ms p50, {Report.Number(late, "0.0")} ms p99, "
            + $"{Report.Number(times[^1], "0.0")} ms at most",
            $"p99 under {VisibleBudget} ms: {report.Judge(late < VisibleBudget)}");
    }

    /// <summary>Many changes for a while, at an even pace; the last of all is asked for, and before it one each second.</summary>
    private static async Task StormAsync(GeneratedObjects generated, FakeApiServer server, ClusterClient client, Report report)
    {
        var random = new Random(3);
        var lags = new List<double>();
        int made = 0, slow = 0;
        long start = Stopwatch.GetTimestamp();
        var cpu = client.Service.CpuTime;
        for (int second = 1; second <= StormSeconds; second++)
        {
            int number = 0;
            System.Net.IPAddress? address = null;
            for (; made < second * Rate; made++)
            {
                TimeSpan due = TimeSpan.FromSeconds(made / (double)Rate);
                TimeSpan now = Stopwatch.GetElapsedTime(start);
                if (now < due) await Task.Delay(TimeSpan.FromMilliseconds(Math.Max(1, (due - now).TotalMilliseconds)));
                else if (now > due + TimeSpan.FromMilliseconds(500)) slow++;
                number = random.Next(generated.Services / 5) * 5;
                address = generated.Move(server.Objects, number);
            }

            long last = Stopwatch.GetTimestamp();
            await client.UntilAsync(number, address!);
            lags.Add(Stopwatch.GetElapsedTime(last).TotalMilliseconds);
        }

        double core = (client.Service.CpuTime - cpu).TotalSeconds / Stopwatch.GetElapsedTime(start).TotalSeconds;
        Report.Row(
            $"{Rate:N0} changes a second for {StormSeconds} s",
            $"the last is visible {Report.Number(lags[^1], "0.0")} ms after it was made, at most {Report.Number(lags.Max(), "0.0")} ms; "
                + $"{Report.Number(core * 100, "0")} % of a core" + (slow > 0 ? $"; {slow} changes were made late" : ""),
            $"absorbed: {report.Judge(lags[^1] < VisibleBudget)}");
    }

    /// <summary>The server forgets what happened when, so that everything is listed anew.</summary>
    private static async Task RelistAsync(FakeApiServer server, Server service, Report report)
    {
        for (int round = 1; round <= 3; round++)
        {
            int before = server.Seen.Count;
            server.Objects.Compact();
            long began = Stopwatch.GetTimestamp();
            server.Order(ApiFault.Cut);
            ApiResource[] followed = [ApiResource.Namespaces, ApiResource.Services, ApiResource.EndpointSlices];
            while (!Array.TrueForAll(followed, resource =>
                server.Seen.Skip(before).SkipWhile(request => !request.Is("list", resource)).Any(request => request.Is("watch", resource))))
                await Task.Delay(5);
            Report.Row($"full relist {round}", $"{Report.Number(Stopwatch.GetElapsedTime(began).TotalSeconds, "0.00")} s", "");
            await ResidentAsync(service, report, $"resident after full relist {round}");
        }
    }
}
