namespace KubeDoH.Bench.Load;

/// <summary>
/// Questions that no cache holds, from HTTP/2 to an upstream over UDP: the service beside dnsdist, each on the first core before the same
/// upstream, which shares the second core with the load.
/// </summary>
internal static class ForwardRun
{
    private const double Budget = 0.7;
    private const int Pairs = 15, Requests = 10_000;

    public static async Task<int> RunAsync(Fleet fleet)
    {
        var report = new Report();
        await using Server upstream = fleet.StartUpstream();
        await upstream.AnsweringAsync(null);
        await using Server service = fleet.StartForwarder(Fleet.Service, upstream), dnsdist = fleet.StartForwarder(Fleet.Dnsdist, upstream);
        await service.AnsweringAsync(LoadCase.WireTarget);
        await dnsdist.AnsweringAsync(null);
        var load = new LoadCase("wire GET, a name each", Transport.Http2Tls, "", null, Budget) { TargetsFile = fleet.WriteTargets(Requests) };
        Rounds rounds = await Rounds.RunAsync(load, [dnsdist, service], Pairs, Requests);
        Comparison comparison = rounds.Compare(Fleet.Service, Fleet.Dnsdist);
        Report.Begin("Misses, forwarded over UDP", "request", Fleet.Dnsdist, Fleet.Service, "ratio", "budget");
        Report.Row(
            load.Name, Report.Load(rounds.Median(Fleet.Dnsdist)), Report.Load(rounds.Median(Fleet.Service)), Report.Ratio(comparison),
            $"{Report.Number(Budget, "0.0")}: {report.Judge(comparison.Ratio >= Budget)}");
        return report.Met ? 0 : 1;
    }
}
