namespace KubeDoH.Bench.Load;

/// <summary>A smoke test of the measuring and of the speed, for every change: bounds that a busy machine does not break.</summary>
internal static class ShortRun
{
    private const double LeastRatio = 0.5;
    private const int Pairs = 9, Requests = 20_000;

    public static async Task<int> RunAsync(Fleet fleet)
    {
        var report = new Report();
        await using Server service = fleet.Start(Fleet.Service);
        await service.AnsweringAsync(LoadCase.WireTarget);
        await fleet.RecordAsync(service);
        await using Server bare = fleet.Start(Fleet.Bare);
        await bare.AnsweringAsync(LoadCase.WireTarget);
        Report.Begin("A few pairs", "request", Fleet.Bare, Fleet.Service, "ratio", $"at least {LeastRatio}");
        foreach (LoadCase load in LoadCase.All(fleet.MessageFile).Where(load => load.Transport == Transport.Http2Tls))
        {
            Rounds rounds = await Rounds.RunAsync(load, [bare, service], Pairs, Requests);
            Comparison comparison = rounds.Compare(Fleet.Service, Fleet.Bare);
            bool met = Math.Max(comparison.Ratio, comparison.CpuRatio) >= LeastRatio;
            Report.Row(
                load.Name, Report.Load(rounds.Median(Fleet.Bare)), Report.Load(rounds.Median(Fleet.Service)),
                Report.Ratio(comparison), report.Judge(met));
        }

        Visibility visibility = await Visibility.MeasureAsync(service, 20);
        Report.Begin("PUT of an entry, then the question for it", "PUTs", "answered by the old entry", "none");
        Report.Row($"{visibility.Puts}", $"{visibility.Late}", report.Judge(visibility.Late == 0));
        return report.Met ? 0 : 1;
    }
}
