namespace KubeDoH.Bench.Load;

/// <summary>Two servers' results of the same rounds.</summary>
/// <param name="Ratio">Requests a second, ours to the other's: the median over the rounds.</param>
/// <param name="CpuRatio">The other's processor time a request to ours, the same way.</param>
internal sealed record Comparison(double Ratio, double CpuRatio);

/// <summary>The results of several servers under the same load, round by round.</summary>
internal sealed class Rounds
{
    /// <summary>
    /// Rounds that do not count. Each opens connections of its own: what serves a connection is a loop that is entered once for it, and the
    /// JIT compiles it for the last time only when it was entered often.
    /// </summary>
    private const int WarmUp = 25;

    private readonly Dictionary<string, List<LoadResult>> _results = [];

    /// <summary>The rounds of one process of each server.</summary>
    public static async Task<Rounds> RunAsync(LoadCase load, IReadOnlyList<Server> servers, int count, int requests)
    {
        var rounds = new Rounds();
        await rounds.AddAsync(load, servers, count, requests);
        return rounds;
    }

    /// <summary>The same for any load.</summary>
    public static async Task<Rounds> RunAsync(Func<Server, Task<LoadResult>> load, IReadOnlyList<Server> servers, int count, int warmUp)
    {
        var rounds = new Rounds();
        await rounds.AddAsync(load, servers, count, warmUp);
        return rounds;
    }

    /// <summary>
    /// Warms every server up equally, then asks them by turns, round by round: what disturbs one, disturbs all. Processes of one build
    /// differ by up to a tenth: rounds of other processes may be added.
    /// </summary>
    public Task AddAsync(LoadCase load, IReadOnlyList<Server> servers, int count, int requests) =>
        AddAsync(server => LoadClient.RunAsync(server, load, requests), servers, count, WarmUp);

    /// <summary>The same for any load.</summary>
    public async Task AddAsync(Func<Server, Task<LoadResult>> load, IReadOnlyList<Server> servers, int count, int warmUp)
    {
        foreach (Server server in servers)
            for (int i = 0; i < warmUp; i++) await load(server);
        for (int i = 0; i < count; i++)
        {
            foreach (Server server in i % 2 == 0 ? servers : servers.Reverse())
            {
                if (!_results.TryGetValue(server.Name, out List<LoadResult>? own)) _results[server.Name] = own = [];
                own.Add(await load(server));
            }
        }
    }

    public LoadResult Median(string server) =>
        new(Median(_results[server].Select(result => result.PerSecond)), Median(_results[server].Select(result => result.CpuMicroseconds)));

    public Comparison Compare(string ours, string other)
    {
        List<LoadResult> mine = _results[ours], theirs = _results[other];
        return new Comparison(
            Median(mine.Zip(theirs, (a, b) => a.PerSecond / b.PerSecond)),
            Median(mine.Zip(theirs, (a, b) => b.CpuMicroseconds / a.CpuMicroseconds)));
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
