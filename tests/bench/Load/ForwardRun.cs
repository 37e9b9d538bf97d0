namespace KubeDoH.Bench.Load;

/// <summary>
/// Questions that no cache holds, from HTTP/2 to an upstream over UDP: the service beside dnsdist, each on the first core before the same
/// upstream, which shares the second core with the load.
/// </summary>
internal static class ForwardRun
{
    private const double Budget = 0.7;
    private const int Processes = 3, Pairs = 15, Requests = 10_000;

    /// <summary>
    /// A round is one connection here, whose loops the JIT compiles for the last time only behind some sixty (see <see cref="Rounds"/>).
    /// </summary>
    private const int WarmUp = 70;

    public static async Task<int> RunAsync(Fleet fleet)
    {
        var report = new Report();
        await using Server upstream = fleet.StartUpstream();
        await upstream.AnsweringAsync(null);
        string[] services = [Fleet.Service, Fleet.NativeService];
        string targets = fleet.WriteTargets(Requests);
        var load = new LoadCase("wire GET, a name each", Transport.Http2Tls, "", null, Budget) { TargetsFile = targets };
        var rounds = new Rounds();
        for (int process = 0; process < Processes; process++)
        {
            Server[] servers = [.. services.Append(Fleet.Dnsdist).Select(name => fleet.StartForwarder(name, upstream))];
            try
            {
                foreach (Server server in servers)
                    await server.AnsweringAsync(server.Name == Fleet.Dnsdist ? null : LoadCase.WireTarget);
                await rounds.AddAsync(server => LoadClient.RunAsync(server, load, Requests), servers, Pairs / Processes, WarmUp);
            }
            finally
            {
                foreach (Server server in servers) await server.DisposeAsync();
            }
        }

        Report.Begin("Misses, forwarded over UDP", "request", "server", "a second", Fleet.Dnsdist, "ratio", "budget");
        foreach (string name in services)
        {
            Comparison comparison = rounds.Compare(name, Fleet.Dnsdist);
            Report.Row(
                load.Name, name, Report.Load(rounds.Median(name)), Report.Load(rounds.Median(Fleet.Dnsdist)), Report.Ratio(comparison),
                $"{Report.Number(Budget, "0.0")}: {report.Judge(comparison.Ratio >= Budget)}");
        }

        return report.Met ? 0 : 1;
    }
}
