namespace KubeDoH.Bench.Load;

/// <summary>Every figure of RESULTS.md that needs a running service.</summary>
internal static class LongRun
{
    private const int Processes = 3, Http2Processes = 9, Pairs = 15, Requests = 20_000, StartRounds = 15, Puts = 200;

    private const double StartBudget = 80, ResidentBudget = 60, NativeBudget = 0.85;

    /// <summary>The exit code: 0 where every budget is met.</summary>
    public static async Task<int> RunAsync(Fleet fleet)
    {
        var report = new Report();
        await using Server native = await StartAsync(fleet, Fleet.NativeService);
        await fleet.RecordAsync(native);
        await StartsAsync(fleet, report);
        await PutsAsync(native, report);
        await LoadAsync(fleet, [.. LoadCase.All(fleet.MessageFile)], Processes, report);
        await PeersAsync(fleet, native);
        return report.Met ? 0 : 1;
    }

    /// <summary>
    /// Of all this, the requests over HTTP/2, by more processes: they lie so near their budget that a few could be on either side of it.
    /// </summary>
    public static async Task<int> RunHttp2Async(Fleet fleet)
    {
        var report = new Report();
        await using (Server native = await StartAsync(fleet, Fleet.NativeService)) await fleet.RecordAsync(native);
        LoadCase[] loads = [.. LoadCase.All(fleet.MessageFile).Where(load => load.Transport == Transport.Http2Tls)];
        await LoadAsync(fleet, loads, Http2Processes, report);
        return report.Met ? 0 : 1;
    }

    private static async Task StartsAsync(Fleet fleet, Report report)
    {
        Report.Begin("Start to the first right answer, and resident memory when idle", "program", "start", "resident", "budget");
        string[] programs = [Fleet.NativeService, Fleet.NativeBare, Fleet.Service, Fleet.Bare];
        foreach ((string name, StartFigures figures) in await Starts.MeasureAsync(fleet, programs, StartRounds))
        {
            string verdict = name == Fleet.NativeService
                ? $"{StartBudget} ms, {ResidentBudget} MB: "
                    + report.Judge(figures.Milliseconds < StartBudget && figures.ResidentMegabytes < ResidentBudget)
                : "";
            Report.Row(
                name, $"{Report.Number(figures.Milliseconds, "0")} ms", $"{Report.Number(figures.ResidentMegabytes, "0")} MB", verdict);
        }
    }

    private static async Task PutsAsync(Server service, Report report)
    {
        Visibility visibility = await Visibility.MeasureAsync(service, Puts);
        Report.Begin("PUT of an entry, then the question for it", "PUTs", "answered by the old entry", "a PUT takes", "budget");
        string verdict = report.Judge(visibility.Late == 0);
        Report.Row(
            $"{visibility.Puts}", $"{visibility.Late}", $"{Report.Number(visibility.MedianMilliseconds, "0.0")} ms", $"0: {verdict}");
    }

    /// <summary>Each build and the bare endpoint of its kind, as several processes one after the other.</summary>
    private static async Task LoadAsync(Fleet fleet, LoadCase[] loads, int processes, Report report)
    {
        Rounds[] results = [.. loads.Select(_ => new Rounds())];
        int pairs = (Pairs + processes - 1) / processes;
        for (int process = 0; process < processes; process++)
        {
            await using Server bare = await StartAsync(fleet, Fleet.Bare), nativeBare = await StartAsync(fleet, Fleet.NativeBare);
            await using Server service = await StartAsync(fleet, Fleet.Service), native = await StartAsync(fleet, Fleet.NativeService);
            foreach ((LoadCase load, Rounds rounds) in loads.Zip(results))
                await rounds.AddAsync(load, [bare, service, native, nativeBare], pairs, Requests);
        }

        Report.Begin(
            "Ratio of requests a second (and of processor time a request)",
            "request", Fleet.Bare, Fleet.Service, "ratio", Fleet.NativeBare, Fleet.NativeService, "ratio", "native to JIT", "budget");
        foreach ((LoadCase load, Rounds rounds) in loads.Zip(results))
        {
            Comparison jit = rounds.Compare(Fleet.Service, Fleet.Bare), native = rounds.Compare(Fleet.NativeService, Fleet.NativeBare);
            Comparison builds = rounds.Compare(Fleet.NativeService, Fleet.Service);
            bool met = jit.Ratio >= load.Budget && native.Ratio >= load.Budget && builds.Ratio >= NativeBudget;
            Report.Row(
                $"{load.Name}, {load.Transport}",
                Report.Load(rounds.Median(Fleet.Bare)), Report.Load(rounds.Median(Fleet.Service)), Report.Ratio(jit),
                Report.Load(rounds.Median(Fleet.NativeBare)), Report.Load(rounds.Median(Fleet.NativeService)), Report.Ratio(native),
                Report.Ratio(builds), $"{Report.Number(load.Budget, "0.0")}, {Report.Number(NativeBudget, "0.00")}: {report.Judge(met)}");
        }
    }

    private static async Task<Server> StartAsync(Fleet fleet, string name)
    {
        Server server = fleet.Start(name);
        await server.AnsweringAsync(LoadCase.WireTarget);
        return server;
    }

    private static async Task PeersAsync(Fleet fleet, Server service)
    {
        Report.Begin("Peers beside it, HTTP/2 over TLS", "server", "wire GET", "wire POST");
        List<Server> servers = [service, .. fleet.StartPeers()];
        foreach (Server peer in servers.Skip(1)) await peer.AnsweringAsync(null);
        var wire = LoadCase.All(fleet.MessageFile).Where(load => load is { Transport: Transport.Http2Tls, Name: not "JSON" }).ToList();
        var results = new List<Rounds>();
        foreach (LoadCase load in wire) results.Add(await Rounds.RunAsync(load, servers, Pairs, Requests));
        foreach (Server server in servers) Report.Row([server.Name, .. results.Select(rounds => Report.Load(rounds.Median(server.Name)))]);
        foreach (Server peer in servers.Skip(1)) await peer.DisposeAsync();
    }
}
