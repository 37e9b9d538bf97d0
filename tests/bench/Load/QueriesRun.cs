namespace KubeDoH.Bench.Load;

/// <summary>
/// What it costs the questions that they are followed, and that their names are counted: three of the service side by side.
/// </summary>
internal static class QueriesRun
{
    private const double FollowedBudget = 0.8, CountedBudget = 0.9;
    private const int Pairs = 15, Requests = 40_000;

    public static async Task<int> RunAsync(Fleet fleet)
    {
        var report = new Report();
        await using Server service =
            fleet.Start(Fleet.Service), followed = fleet.Start(Fleet.Followed), uncounted = fleet.Start(Fleet.Uncounted);
        foreach (Server server in (Server[])[service, followed, uncounted]) await server.AnsweringAsync(LoadCase.WireTarget);
        using var follower = new Follower();
        await follower.StartAsync(followed);

        Report.Begin(
            "Questions that are followed", "request", "nobody follows", "followed", "ratio", $"at least {FollowedBudget}",
            "without summary",
            "with to without", $"at least {CountedBudget}");
        foreach (LoadCase load in LoadCase.All(fleet.MessageFile).Where(load => load.Transport == Transport.Http2Tls))
        {
            Rounds rounds = await Rounds.RunAsync(load, [service, followed, uncounted], Pairs, Requests);
            Comparison heard = rounds.Compare(Fleet.Followed, Fleet.Service), counted = rounds.Compare(Fleet.Service, Fleet.Uncounted);
            Report.Row(
                load.Name, Report.Load(rounds.Median(Fleet.Service)), Report.Load(rounds.Median(Fleet.Followed)), Report.Ratio(heard),
                report.Judge(heard.Ratio >= FollowedBudget), Report.Load(rounds.Median(Fleet.Uncounted)), Report.Ratio(counted),
                report.Judge(counted.Ratio >= CountedBudget));
        }

        Console.WriteLine($"\nThe follower was told of {follower.Asked:N0} questions, and that {follower.Dropped:N0} were dropped.");
        return report.Judge(follower is { Asked: > 0, Dropped: > 0 }) == "met" && report.Met ? 0 : 1;
    }

    /// <summary>Reads the events as they come.</summary>
    private sealed class Follower : IDisposable
    {
        private const string Count = "data: {\"count\":";

        private readonly HttpClient _client = new() { Timeout = Timeout.InfiniteTimeSpan };
        private readonly CancellationTokenSource _end = new();
        private long _asked, _dropped;

        public long Asked => Interlocked.Read(ref _asked);

        public long Dropped => Interlocked.Read(ref _dropped);

        public async Task StartAsync(Server server)
        {
            HttpResponseMessage reply = await _client.GetAsync(
                new Uri($"{server.Http}/api/v1/queries"), HttpCompletionOption.ResponseHeadersRead, _end.Token);
            reply.EnsureSuccessStatusCode();
            _ = ReadAsync(new StreamReader(await reply.Content.ReadAsStreamAsync(_end.Token)));
        }

        public void Dispose()
        {
            _end.Cancel();
            _client.Dispose();
            _end.Dispose();
        }

        private async Task ReadAsync(StreamReader lines)
        {
            while (await lines.ReadLineAsync(_end.Token) is { } line)
            {
                if (line == "event: asked") Interlocked.Increment(ref _asked);
                if (line.StartsWith(Count, StringComparison.Ordinal))
                    Interlocked.Add(
                        ref _dropped, long.Parse(line[Count.Length..].TrimEnd('}'), System.Globalization.CultureInfo.InvariantCulture));
            }
        }
    }
}
