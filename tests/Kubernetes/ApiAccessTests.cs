using System.Security.Cryptography.X509Certificates;
using KubeDoH.Engine;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Tests.Cluster;
using KubeDoH.Tests.Fakes.ApiServer;
using KubeDoH.Tests.Files;

namespace KubeDoH.Tests.Kubernetes;

/// <summary>The ways to an API server, each over TLS to a server that lets nobody in without credentials.</summary>
public class ApiAccessTests
{
    private const string Secco = "secco.dns-playground.svc.cluster.local. A";

    [Fact]
    public async Task Service_account_of_a_pod_leads_to_the_pods_cluster()
    {
        using var folder = new TemporaryFolder();
        await using FakeApiServer server = await StartAsync("of-the-pod");
        AccessSurroundings pod = Pod(server, server.WriteServiceAccount(Path.Combine(folder.Root, "sa"), "of-the-pod"), folder.Root);
        var options = new KubernetesOptions();
        await using LiveWorld world = LiveWorld.Start(server, access: ClusterAccess.Choose(options, pod));

        await world.UntilAnswerAsync(Secco, "10.101.195.184");
        Assert.Contains("the pod's own cluster", world.Feed.Status().Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Kubeconfig_leads_in_by_token_or_by_certificate(bool byToken)
    {
        using var folder = new TemporaryFolder();
        await using FakeApiServer server = await StartAsync("of-the-user");
        using X509Certificate2 certificate = server.Certificates.Client("kubernetes-admin");
        string file = server.WriteKubeconfig(
            Path.Combine(folder.Root, "config"), token: byToken ? "of-the-user" : null, client: byToken ? null : certificate);
        var options = new KubernetesOptions { Mode = KubernetesMode.Kubeconfig, Kubeconfig = file };
        await using LiveWorld world = LiveWorld.Start(server, access: ClusterAccess.Choose(options, Nowhere(folder.Root)));

        await world.UntilAnswerAsync(Secco, "10.101.195.184");
    }

    [Fact]
    public async Task Context_chooses_among_the_clusters_of_several_files()
    {
        using var folder = new TemporaryFolder();
        await using FakeApiServer server = await StartAsync("right");
        string wrong = server.WriteKubeconfig(Path.Combine(folder.Root, "one"), context: "other", token: "wrong");
        string right = Path.Combine(folder.Root, "two");
        await File.WriteAllTextAsync(
            server.WriteKubeconfig(right, context: "mine", token: "right"),
            (await File.ReadAllTextAsync(right, TestContext.Current.CancellationToken)).Replace("tester", "me", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        AccessSurroundings user = Nowhere(folder.Root) with { Variable = name => name == "KUBECONFIG" ? $"{wrong}:{right}" : null };
        var options = new KubernetesOptions { Mode = KubernetesMode.Kubeconfig, Context = "mine" };
        await using LiveWorld world = LiveWorld.Start(server, access: ClusterAccess.Choose(options, user));

        await world.UntilAnswerAsync(Secco, "10.101.195.184");
    }

    [Fact]
    public async Task Server_is_named_with_its_token_and_its_authority()
    {
        using var folder = new TemporaryFolder();
        await using FakeApiServer server = await StartAsync("named");
        string account = server.WriteServiceAccount(folder.Root, "named");
        await using LiveWorld world = LiveWorld.Start(server, options =>
        {
            options.TokenFile = Path.Combine(account, "token");
            options.CaFile = Path.Combine(account, "ca.crt");
        });

        await world.UntilAnswerAsync(Secco, "10.101.195.184");
        await world.UntilAsync(() => world.View.Synced);
        Assert.Null(await world.FirstWrongAsync());
    }

    /// <summary>A server that cannot be told from an impostor gets no token.</summary>
    [Fact]
    public async Task Certificate_of_another_authority_is_refused_before_anything_is_said()
    {
        using var folder = new TemporaryFolder();
        await using FakeApiServer server = await StartAsync("secret");
        await using FakeApiServer other = await FakeApiServer.StartAsync(tls: true);
        string account = other.WriteServiceAccount(folder.Root, "secret");
        await using LiveWorld world = LiveWorld.Start(server, options =>
        {
            options.TokenFile = Path.Combine(account, "token");
            options.CaFile = Path.Combine(account, "ca.crt");
        });

        await world.UntilAsync(() => world.Feed.Status().Parts.All(part => part.LastError is not null));
        Assert.Empty(server.Seen);
        Assert.Equal("SERVFAIL", await world.DataAsync(Secco));
    }

    [Theory]
    [InlineData("pod", "the pod's own cluster")]
    [InlineData("kubeconfig", "kubeconfig")]
    [InlineData("nothing", null)]
    public async Task Auto_takes_the_first_that_is_there(string found, string? description)
    {
        using var folder = new TemporaryFolder();
        await using FakeApiServer server = await StartAsync("any");
        AccessSurroundings surroundings = found == "pod"
            ? Pod(server, server.WriteServiceAccount(Path.Combine(folder.Root, "sa"), "any"), folder.Root)
            : Nowhere(folder.Root);
        if (found != "nothing")
        {
            Directory.CreateDirectory(Path.Combine(folder.Root, ".kube"));
            server.WriteKubeconfig(Path.Combine(folder.Root, ".kube", "config"), token: "any");
        }

        ClusterAccess? access = ClusterAccess.Choose(new KubernetesOptions(), surroundings);

        if (description is null) Assert.Null(access);
        else Assert.StartsWith(description, access!.Description, StringComparison.Ordinal);
    }

    private static async Task<FakeApiServer> StartAsync(string token)
    {
        FakeApiServer server = await FakeApiServer.StartAsync(Cluster.RecordedCluster.ApiFolder, tls: true);
        server.Token = token;
        return server;
    }

    private static AccessSurroundings Nowhere(string folder) => new(_ => null, Path.Combine(folder, "none"), folder);

    private static AccessSurroundings Pod(FakeApiServer server, string account, string home) => new(
        name => name switch
        {
            "KUBERNETES_SERVICE_HOST" => "127.0.0.1",
            "KUBERNETES_SERVICE_PORT" => $"{new Uri(server.Address).Port}",
            _ => null,
        },
        account, home);
}
