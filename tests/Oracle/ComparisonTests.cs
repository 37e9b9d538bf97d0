using KubeDoH.Engine.Kubernetes;

namespace KubeDoH.Tests.Oracle;

/// <summary>The comparison finds what is wrong: every rule broken here, one at a time, has to be seen.</summary>
public class ComparisonTests
{
    private const int Worlds = 120;
    private const int QuestionsPerWorld = 100;

    private static readonly Dictionary<string, PlantedSubject> Broken = new()
    {
        ["endpoints that are not ready"] = Seeing(w => w with { EndpointSlices = Endpoints(w, e => e with { Ready = true }) }),
        ["endpoint host names ignored"] = Seeing(w => w with { EndpointSlices = Endpoints(w, e => e with { Hostname = null }) }),
        ["the first slice only"] = Seeing(
            w => w with { EndpointSlices = [.. w.EndpointSlices.DistinctBy(s => (s.Namespace, s.ServiceName))] }),
        ["slices of any namespace"] = Seeing(
            w => w with { EndpointSlices = [.. w.EndpointSlices.Select(s => s with { Namespace = "shop" })] }),
        ["hidden namespaces seen"] = Seeing(w => w with { ExposedNamespaces = [] }),
        ["service selector ignored"] = Seeing(w => w with { Labels = "" }),
        ["namespace selector ignored"] = Seeing(w => w with { NamespaceLabels = "" }),
        ["pod names taken for granted"] = Seeing(w => w.Pods == "verified" ? w with { Pods = "insecure" } : w),
        ["ended pods alive"] = Seeing(w => w with { PodList = [.. w.PodList.Select(p => p with { Live = true })] }),
        ["pod names where disabled"] = Seeing(w => w.Pods == "disabled" ? w with { Pods = "verified" } : w),
        ["synced from the start"] = Seeing(w => w with { Synced = true }),
        ["noendpoints ignored"] = Seeing(w => w with { NoEndpoints = false }),
        ["empty services shown"] = Seeing(w => w with { IgnoreEmptyService = false }),
        ["endpoint pod names ignored"] = Seeing(w => w with { EndpointPodNames = false }),
        ["pointers of unnamed endpoints"] = Seeing(w => w with { Ptr = "all" }),
        ["nothing falls through"] = Seeing(w => w with { Fallthrough = [] }),
        ["SOA of the TTL alone"] = Saying((_, a) => a with { Authority = [.. a.Authority.Select(r => r with { Ttl = 30 })] }),
        ["server address unknown"] = Seeing(w => w with { ClusterDns = System.Net.IPAddress.Loopback }),
        ["second cluster address ignored"] = Seeing(w => w with
        {
            Services = [.. w.Services.Select(s => s with { ClusterIPs = [.. s.ClusterIPs.Take(1)] })],
        }),
        ["unnamed ports ignored"] = Seeing(w => w with
        {
            Services = [.. w.Services.Select(s => s with { Ports = [.. s.Ports.Where(p => p.Name != "")] })],
        }),
        ["aliases of services ignored"] = Seeing(w => w with { Services = [.. w.Services.Where(s => s.Type != "ExternalName")] }),
        ["default order always"] = Seeing(w => w with { Order = World.DefaultOrder }),
        ["scopes ignored"] = Seeing(w => w with { Entries = Entries(w, e => e with { Namespaces = [] }) }),
        ["scoped entries unseen"] = Seeing(w => w with { Entries = [.. w.Entries.Where(e => e.Namespaces.Count == 0)] }),
        ["passThrough ignored"] = Seeing(w => w with { Entries = Entries(w, e => e with { PassThrough = false }) }),
        ["automatic pointers missing"] = Seeing(w => w with { Entries = Entries(w, e => e with { AutoPtr = false }) }),
        ["wildcards ignored"] = Seeing(w => w with { Entries = [.. w.Entries.Where(e => e.Name[0] != '*')] }),
        ["hosts names after the first"] = Seeing(w => w with { Hosts = [.. w.Hosts.Select(h => h with { Names = [h.Names[0]] })] }),
        ["the last hosts name is canonical"] = Seeing(
            w => w with { Hosts = [.. w.Hosts.Select(h => h with { Names = [.. h.Names.Reverse()] })] }),
        ["failing upstream names"] = Seeing(w => w.Upstream is null ? w : w with { Upstream = w.Upstream with { Failing = [] } }),
        ["no upstream is an empty upstream"] = Saying((_, a) => a.Rcode == "REFUSED" ? a with { Rcode = "NXDOMAIN" } : a),
        ["views ignored"] = new() { Hears = q => q with { View = null } },
        ["ndots off by one"] = Viewed(v => v with { Ndots = v.Ndots - 1 }),
        ["host aliases ignored"] = Viewed(v => v with { HostAliases = [] }),
        ["last suffix forgotten"] = Viewed(v => v with { Search = [.. v.Search.SkipLast(1)] }),
        ["ANY asked as A"] = new() { Hears = q => q.Type == "ANY" ? q with { Type = "A" } : q },
        ["additional left out"] = Saying((_, a) => a with { Additional = [] }),
        ["aa always"] = Saying((_, a) => a with { Authoritative = true }),
        ["aa never"] = Saying((_, a) => a with { Authoritative = false }),
        ["NODATA for NXDOMAIN"] = Saying((_, a) => a.Rcode == "NXDOMAIN" ? a with { Rcode = "NOERROR" } : a),
        ["NXDOMAIN for NODATA"] = Saying((_, a) => a.Rcode == "NOERROR" && a.Answer.Count == 0 ? a with { Rcode = "NXDOMAIN" } : a),
        ["alias after its target"] = Saying((_, a) => a with { Answer = [.. a.Answer.Reverse()] }),
        ["the SOA left out"] = Saying((_, a) => a with { Authority = [] }),
        ["the alias left out"] = Saying((q, a) => a with { Answer = [.. a.Answer.Where(r => r.Type != "CNAME" || q.Type == "CNAME")] }),
        ["TTL of the leading alias"] = Saying((q, a) => q.View is not null && a.Answer is [{ Type: "CNAME" } first, ..] 
            ? a with { Answer = [first with { Ttl = first.Ttl + 1 }, .. a.Answer.Skip(1)] }
            : a),
        ["an exception"] = Saying((q, a) => q.Type == "HTTPS" ? throw new InvalidOperationException("planted") : a),
    };

    public static TheoryData<string> BrokenRules() => [.. Broken.Keys];

    [Fact]
    public async Task Subject_without_fault_has_no_mismatch() =>
        Assert.Null(await Comparison.FirstMismatchAsync(new PlantedSubject(), 1, Worlds, QuestionsPerWorld));

    [Theory]
    [MemberData(nameof(BrokenRules))]
    public async Task Subject_with_a_broken_rule_is_caught(string rule) =>
        Assert.NotNull(await Comparison.FirstMismatchAsync(Broken[rule], 1, Worlds, QuestionsPerWorld));

    [Fact]
    public async Task Report_shows_seed_question_both_answers_and_a_small_world()
    {
        var report = await Comparison.FirstMismatchAsync(Broken["endpoints that are not ready"], 1, Worlds, QuestionsPerWorld);

        Assert.Matches(@"seed \d+", report);
        Assert.Contains("question ", report, StringComparison.Ordinal);
        Assert.Contains("expected ", report, StringComparison.Ordinal);
        Assert.Contains("NOT READY", report, StringComparison.Ordinal);
        Assert.True(report!.Split('\n').Length < 20, report);
    }

    [Fact]
    public void Same_seed_makes_the_same_world_and_questions()
    {
        var first = WorldGenerator.Make(7);
        var second = WorldGenerator.Make(7);

        Assert.Equal(WorldText.Of(first), WorldText.Of(second));
        Assert.Equal(
            new QuestionGenerator(first).Take(50).Select(q => q.ToString()),
            new QuestionGenerator(second).Take(50).Select(q => q.ToString()));
    }

    /// <summary>Questions that all get the same verdict compare nothing.</summary>
    [Fact]
    public async Task Random_questions_meet_every_verdict()
    {
        var oracle = new OracleSubject();
        var verdicts = new Dictionary<string, int>();
        for (var seed = 1; seed <= 60; seed++)
        {
            var world = WorldGenerator.Make(seed);
            foreach (var question in new QuestionGenerator(world).Take(QuestionsPerWorld))
            {
                var answer = await oracle.AskAsync(world, question);
                var verdict = $"{answer.Rcode} {(answer.Authoritative ? "local" : "other")} "
                    + $"{(answer.Answer.Count > 0 ? "records" : "empty")}";
                verdicts[verdict] = verdicts.GetValueOrDefault(verdict) + 1;
            }
        }

        string[] expected =
        [
            "NOERROR local records", "NOERROR local empty", "NXDOMAIN local empty", "NXDOMAIN local records", "NOERROR other records",
            "NOERROR other empty", "NXDOMAIN other empty", "SERVFAIL other empty", "REFUSED other empty",
        ];
        Assert.All(expected, v => Assert.True(verdicts.GetValueOrDefault(v) >= 10, $"{v}: {verdicts.GetValueOrDefault(v)}"));
        Assert.True(verdicts["NOERROR local records"] >= 60 * QuestionsPerWorld / 5, $"records: {verdicts["NOERROR local records"]}");
    }

    private static PlantedSubject Seeing(Func<World, World> sees) => new() { Sees = sees };

    private static PlantedSubject Saying(Func<OracleQuestion, OracleAnswer, OracleAnswer> says) => new() { Says = says };

    private static PlantedSubject Viewed(Func<OracleView, OracleView> change) =>
        new() { Hears = q => q.View is null ? q : q with { View = change(q.View) } };

    private static List<EndpointSliceObject> Endpoints(World world, Func<EndpointObject, EndpointObject> change) =>
        [.. world.EndpointSlices.Select(s => s with { Endpoints = [.. s.Endpoints.Select(change)] })];

    private static List<CustomEntry> Entries(World world, Func<CustomEntry, CustomEntry> change) => [.. world.Entries.Select(change)];
}
