using System.Text.Json.Nodes;
using KubeDoH.Api.Hosting;
using KubeDoH.Api.Hosting.Access;
using KubeDoH.Engine;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Tests.Entries;
using KubeDoH.Tests.Fakes;
using KubeDoH.Tests.Fakes.ApiServer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Api.Access;

/// <summary>Callers whom the cluster knows, asked at an API server.</summary>
public sealed class ClusterCallersTests : IAsyncLifetime
{
    private const string Secret = "a token of the cluster", User = "system:serviceaccount:shop:ci";

    private readonly FakeTimeProvider _time = EntryTestData.Clock();
    private readonly LogLines _log = new();
    private FakeApiServer _server = null!;
    private AccessReviews _reviews = null!;
    private ClusterCallers _callers = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await FakeApiServer.StartAsync();
        _server.Reviews.Tokens[Secret] = new ApiUser(User, ["system:serviceaccounts", "system:authenticated"]);
        var options = new KubernetesOptions { Server = _server.Address };
        _reviews = new AccessReviews(ClusterAccess.Choose(options, AccessSurroundings.OfProcess)!, _time);
        _callers = Make();
    }

    public async ValueTask DisposeAsync()
    {
        _reviews.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("Query", "get", "dnsqueries")]
    [InlineData("EntriesRead", "get", "dnsentries")]
    [InlineData("EntriesWrite", "update", "dnsentries")]
    [InlineData("Inspect", "get", "dnsservers")]
    [InlineData("Admin", "update", "dnsservers")]
    public async Task Scope_is_a_permission_of_RBAC(string scope, string verb, string resource)
    {
        Scopes needed = Enum.Parse<Scopes>(scope);
        _server.Reviews.Allow("somebody else", verb, resource);
        Assert.Equal("missing-scope", (await AskAsync(needed)).Refusal?.Type);
        _server.Reviews.Allow(User, verb, resource);
        _time.Advance(TimeSpan.FromSeconds(10));

        Caller? caller = (await AskAsync(needed)).Caller;

        Assert.Equal((User, "192.0.2.7", needed), (caller?.Name, caller?.Address, caller?.Scopes));
        Assert.Same(EntryBounds.Everything, caller!.Bounds);
    }

    [Fact]
    public async Task Access_is_asked_with_all_that_the_token_says_of_its_user()
    {
        await AskAsync(Scopes.Inspect);

        JsonObject spec = Assert.Single(_server.Reviews.Asked);
        Assert.Equal(
            """{"user":"system:serviceaccount:shop:ci","uid":"0f2c7b4e-1b1f-4c39-8f0b-8d8f6f8f2b11","groups":["system:serviceaccounts","system:authenticated"],"extra":{"authentication.kubernetes.io/credential-id":["JTI=1"]},"resourceAttributes":{"verb":"get","group":"kubedoh.dev","resource":"dnsservers"}}""",
            spec.ToJsonString());
    }

    [Fact]
    public async Task Service_account_may_have_the_entries_of_its_namespace_alone()
    {
        _server.Reviews.Allow(User, "update", "dnsentries", "shop");

        Verdict write = await AskAsync(Scopes.EntriesWrite), read = await AskAsync(Scopes.EntriesRead),
            admin = await AskAsync(Scopes.Admin);

        Assert.Equal(["shop"], write.Caller!.Bounds.Namespaces);
        Assert.Equal(("missing-scope", "missing-scope"), (read.Refusal?.Type, admin.Refusal?.Type));
    }

    [Fact]
    public async Task Token_that_the_cluster_does_not_know_is_unknown()
    {
        Verdict verdict = await _callers.ReadAsync("another token", Scopes.Inspect, null);

        Assert.Equal((401, "unauthorized"), (verdict.Refusal?.Status, verdict.Refusal?.Type));
    }

    [Fact]
    public async Task Token_must_be_for_one_of_the_audiences()
    {
        _callers = Make("kubedoh", "dns");
        _server.Reviews.Allow(User, "get", "dnsservers");
        Assert.Equal(401, (await AskAsync(Scopes.Inspect)).Refusal?.Status);

        _server.Reviews.Tokens[Secret] = new ApiUser(User, []) { Audiences = ["dns"] };
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(User, (await AskAsync(Scopes.Inspect)).Caller?.Name);
    }

    [Fact]
    public async Task Yes_is_remembered_for_half_a_minute()
    {
        _server.Reviews.Allow(User, "get", "dnsservers");
        Assert.NotNull((await AskAsync(Scopes.Inspect)).Caller);
        _server.Reviews.Tokens.Clear();
        _server.Reviews.Withdraw(User, "get", "dnsservers");

        _time.Advance(TimeSpan.FromSeconds(30) - TimeSpan.FromTicks(1));
        Assert.NotNull((await AskAsync(Scopes.Inspect)).Caller);
        Assert.Equal(2, _server.Seen.Count);
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(401, (await AskAsync(Scopes.Inspect)).Refusal?.Status);
    }

    [Fact]
    public async Task No_is_remembered_for_ten_seconds()
    {
        for (int i = 0; i < 5; i++) Assert.Equal(403, (await AskAsync(Scopes.Inspect)).Refusal?.Status);
        for (int i = 0; i < 5; i++) Assert.Equal(401, (await _callers.ReadAsync("unknown", Scopes.Inspect, null)).Refusal?.Status);
        Assert.Equal(3, _server.Seen.Count);
        _server.Reviews.Allow(User, "get", "dnsservers");

        _time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        Assert.Equal(403, (await AskAsync(Scopes.Inspect)).Refusal?.Status);
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.NotNull((await AskAsync(Scopes.Inspect)).Caller);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(401)]
    [InlineData(429)]
    public async Task Cluster_that_does_not_answer_is_no_yes_and_is_asked_again(int status)
    {
        _server.Reviews.Allow(User, "get", "dnsservers");
        _server.Faults.Next(ApiFault.Fail(status), "create", ApiResource.TokenReviews);
        _server.Faults.Next(ApiFault.Fail(status), "create", ApiResource.SubjectAccessReviews);

        Verdict first = await AskAsync(Scopes.Inspect), second = await AskAsync(Scopes.Inspect), third = await AskAsync(Scopes.Inspect);

        Assert.Equal((503, "review-unavailable"), (first.Refusal?.Status, first.Refusal?.Type));
        Assert.Equal(503, second.Refusal?.Status);
        Assert.NotNull(third.Caller);
        Assert.DoesNotContain(Secret, string.Join('\n', _log.All), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cluster_that_is_away_is_said_once_and_takes_nothing_back_that_is_remembered()
    {
        _server.Reviews.Allow(User, "get", "dnsservers");
        Assert.NotNull((await AskAsync(Scopes.Inspect)).Caller);
        _server.Away = true;

        Assert.NotNull((await AskAsync(Scopes.Inspect)).Caller);
        _time.Advance(TimeSpan.FromSeconds(30));
        for (int i = 0; i < 3; i++) Assert.Equal(503, (await AskAsync(Scopes.Inspect)).Refusal?.Status);
        _server.Away = false;

        Assert.NotNull((await AskAsync(Scopes.Inspect)).Caller);
        Assert.Equal(
            1, _log.All.Count(line => line.StartsWith("Warning: The cluster cannot say who callers are: ", StringComparison.Ordinal)));
        Assert.Equal("Information: The cluster says again who callers are", _log.All[^1]);
    }

    /// <summary>A stream goes on while the cluster cannot be asked, and ends once it says no.</summary>
    [Fact]
    public async Task Caller_who_was_let_in_may_until_the_cluster_says_no()
    {
        _server.Reviews.Allow(User, "get", "dnsentries", "shop");
        Callers callers = TestAccess.Callers(new ManagementOptions { Kubernetes = true }, time: _time, reviews: _reviews);
        var context = new DefaultHttpContext { Request = { Headers = { Authorization = $"Bearer {Secret}" } } };
        Caller caller = (await callers.ReadAsync(context, Scopes.EntriesRead)).Caller!;
        Task<bool> StillMayAsync(TimeSpan later)
        {
            _time.Advance(later);
            return callers.StillMayAsync(context, caller, Scopes.EntriesRead).AsTask();
        }

        Assert.True(await StillMayAsync(TimeSpan.FromSeconds(2)));
        Assert.Equal(3, _server.Seen.Count);
        _server.Away = true;
        Assert.True(await StillMayAsync(TimeSpan.FromSeconds(30)));
        _server.Away = false;
        Assert.True(await StillMayAsync(TimeSpan.FromSeconds(30)));
        _server.Reviews.Withdraw(User, "get", "dnsentries", "shop");
        Assert.False(await StillMayAsync(TimeSpan.FromSeconds(30)));
    }

    [Theory]
    [InlineData("tokenreviews")]
    [InlineData("subjectaccessreviews")]
    public async Task Permission_that_is_missing_is_named(string plural)
    {
        _server.Forbid("create", ApiResource.Reviews.Single(resource => resource.Plural == plural));

        Assert.Equal(503, (await AskAsync(Scopes.Inspect)).Refusal?.Status);

        Assert.StartsWith(
            $"Warning: The cluster cannot say who callers are: may not create {plural}: 403", _log.All.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_at_once_ask_once()
    {
        var gate = new ApiGate();
        _server.Reviews.Allow(User, "get", "dnsservers");
        _server.Faults.Next(ApiFault.Hold(gate), "create", ApiResource.TokenReviews);
        Task<Verdict>[] asking = [.. Enumerable.Range(0, 20).Select(_ => AskAsync(Scopes.Inspect))];
        await gate.Reached;

        gate.OpenUp();

        Assert.All(await Task.WhenAll(asking), verdict => Assert.NotNull(verdict.Caller));
        Assert.Equal(2, _server.Seen.Count);
    }

    [Fact]
    public async Task Cluster_that_is_silent_is_given_up_after_five_seconds()
    {
        var gate = new ApiGate();
        _server.Faults.Next(ApiFault.Hold(gate), "create", ApiResource.TokenReviews);
        Task<Verdict> asking = AskAsync(Scopes.Inspect);
        await gate.Reached;

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(503, (await asking).Refusal?.Status);
        Assert.Equal("Warning: The cluster cannot say who callers are: no reply to TokenReview within 5 s", Assert.Single(_log.All));
    }

    [Fact]
    public async Task Crowd_with_made_up_tokens_is_not_passed_on()
    {
        var gate = new ApiGate();
        _server.Faults.Always(ApiFault.Hold(gate), "create", ApiResource.TokenReviews);
        Task<Verdict>[] asking = [.. Enumerable.Range(0, 100).Select(i => _callers.ReadAsync($"made up {i}", Scopes.Inspect, null))];
        await gate.Reached;
        int sentAway = 0;
        await foreach (Task<Verdict> _ in Task.WhenEach(asking))
            if (++sentAway == 68) break;

        gate.OpenUp();

        Verdict[] verdicts = await Task.WhenAll(asking);
        Assert.Equal((68, 32), (verdicts.Count(v => v.Refusal?.Status == 503), verdicts.Count(v => v.Refusal?.Status == 401)));
        Assert.Equal(32, _server.Seen.Count);
    }

    [Fact]
    public async Task Memory_has_room_for_so_many_and_no_more()
    {
        var memory = new BriefMemory<int, int>(10, _ => TimeSpan.FromSeconds(1), _time);

        for (int i = 0; i < 1000; i++) Assert.Equal(i, await memory.AskAsync(i, () => Task.FromResult(i)));

        Assert.InRange(memory.Count, 1, 10);
    }

    [Fact]
    public void Start_is_refused_where_there_is_no_cluster_to_ask()
    {
        var options = new KubeDoH.Api.Hosting.Configuration.AppOptions { Management = new ManagementOptions { Kubernetes = true } };

        Assert.Null(AccessSetup.TryRead(
            options, null, false, _time, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, out string? error));
        Assert.StartsWith("Management:Kubernetes needs an API server", error, StringComparison.Ordinal);
    }

    private ClusterCallers Make(params string[] audiences) => new(_reviews, audiences, _time, new LogLines<ClusterCallers>(_log));

    private Task<Verdict> AskAsync(Scopes needed) => _callers.ReadAsync(Secret, needed, "192.0.2.7");
}
