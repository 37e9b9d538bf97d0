namespace KubeDoH.Bench.Load;

/// <summary>How soon a program answers rightly after its start, and what memory it then holds.</summary>
internal sealed record StartFigures(double Milliseconds, double ResidentMegabytes);

/// <summary>Starts programs again and again, by turns.</summary>
internal static class Starts
{
    /// <summary>Until the pages of the start that are not needed any more have been given back, and feeds have settled.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(2);

    public static async Task<Dictionary<string, StartFigures>> MeasureAsync(Fleet fleet, IReadOnlyList<string> names, int rounds)
    {
        var times = names.ToDictionary(name => name, _ => new List<double>());
        var resident = new Dictionary<string, double>();
        for (int i = 0; i <= rounds; i++)
        {
            foreach (string name in names)
            {
                await using Server server = fleet.Start(name);
                TimeSpan time = await server.AnsweringAsync(LoadCase.WireTarget);
                if (i > 0) times[name].Add(time.TotalMilliseconds);
                if (i < rounds) continue;
                await Task.Delay(Idle);
                resident[name] = server.ResidentMegabytes;
            }
        }

        return names.ToDictionary(name => name, name => new StartFigures(Rounds.Median(times[name]), resident[name]));
    }
}
