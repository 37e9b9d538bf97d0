using System.Collections.Frozen;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using KubeDoH.Engine;
using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Resolution;
using KubeDoH.Tests.Fakes.ApiServer;
using KubeDoH.Tests.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeDoH.Tests.Kubernetes;

/// <summary>Which way to an API server is taken, and what is needed to be let in there.</summary>
public sealed class ClusterAccessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _variables = [];

    private AccessSurroundings Surroundings =>
        new(name => _variables.GetValueOrDefault(name), _folder.PathOf("account"), _folder.PathOf("home"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Nothing_there_is_no_cluster() => Assert.Null(ClusterAccess.Choose(new KubernetesOptions(), Surroundings));

    [Fact]
    public void Variables_of_a_pod_without_its_files_are_no_pod()
    {
        (_variables["KUBERNETES_SERVICE_HOST"], _variables["KUBERNETES_SERVICE_PORT"]) = ("10.96.0.1", "443");
        Assert.Null(ClusterAccess.Choose(new KubernetesOptions(), Surroundings));
        WriteAccount();
        Assert.Equal("the pod's own cluster, https://10.96.0.1", ClusterAccess.Choose(new KubernetesOptions(), Surroundings)!.Description);
    }

    [Fact]
    public void Files_of_a_pod_without_its_variables_are_no_pod()
    {
        WriteAccount();
        Assert.Null(ClusterAccess.Choose(new KubernetesOptions(), Surroundings));
    }

    [Fact]
    public void First_that_is_there_is_taken()
    {
        Directory.CreateDirectory(_folder.PathOf("home/.kube"));
        _folder.Write("home/.kube/config", "apiVersion: v1\n");
        Assert.StartsWith(
            "kubeconfig ", ClusterAccess.Choose(new KubernetesOptions(), Surroundings)!.Description, StringComparison.Ordinal);
        (_variables["KUBERNETES_SERVICE_HOST"], _variables["KUBERNETES_SERVICE_PORT"]) = ("fd00::1", "6443");
        WriteAccount();
        Assert.Equal(
            "the pod's own cluster, https://[fd00::1]:6443", ClusterAccess.Choose(new KubernetesOptions(), Surroundings)!.Description);
        var options = new KubernetesOptions { Server = "https://192.0.2.1:6443" };
        Assert.Equal("server https://192.0.2.1:6443/", ClusterAccess.Choose(options, Surroundings)!.Description);
        options.Snapshot = ["cluster.yaml"];
        Assert.Null(ClusterAccess.Choose(options, Surroundings));
        options.Mode = KubernetesMode.Kubeconfig;
        Assert.StartsWith("kubeconfig ", ClusterAccess.Choose(options, Surroundings)!.Description, StringComparison.Ordinal);
        options.Mode = KubernetesMode.Off;
        Assert.Null(ClusterAccess.Choose(options, Surroundings));
    }

    /// <summary>A reload that looked around anew would find no cluster, and send its names to an upstream.</summary>
    [Fact]
    public void Way_stays_that_of_the_start_when_its_file_goes()
    {
        string file = _folder.Write("home/.kube/config", "apiVersion: v1\n");
        ClusterAccess? access = ClusterAccess.Choose(new KubernetesOptions(), Surroundings);
        var ground = new EngineGround(
            new EntryView(TimeProvider.System), new ResolutionMeter(), new ClusterMeter(), access, [], TimeProvider.System,
            NullLoggerFactory.Instance);
        Assert.True(EngineParts.TryCreate(
            new EngineOptions(), ground, null, FrozenSet<string>.Empty, out EngineParts? before, out string? error), error);
        File.Delete(file);

        Assert.True(EngineParts.TryCreate(
            new EngineOptions(), ground, before, new HashSet<string> { "Kubernetes" }, out EngineParts? after, out error), error);

        Assert.NotSame(before.Cluster, after.Cluster);
        Assert.Contains("kubeconfig ", after.Cluster.Feeds[^1].Status().Description, StringComparison.Ordinal);
        before.DisposeWithout(after);
        after.DisposeWithout(null);
    }

    [Fact]
    public async Task Service_account_is_let_in_and_its_new_token_is_read_when_it_rotates()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(tls: true);
        server.Token = "first";
        var address = new Uri(server.Address);
        (_variables["KUBERNETES_SERVICE_HOST"], _variables["KUBERNETES_SERVICE_PORT"]) = (address.Host, $"{address.Port}");
        server.WriteServiceAccount(_folder.PathOf("account"), "first");
        using ApiConnection connection = ClusterAccess.Choose(new KubernetesOptions(), Surroundings)!.Open();

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(connection));
        server.Token = "second";
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(connection));
        server.WriteServiceAccount(_folder.PathOf("account"), "second");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(connection));
    }

    [Fact]
    public async Task Kubeconfig_is_let_in_by_its_token()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(tls: true);
        server.Token = "secret";
        using ApiConnection connection = Kubeconfig(server.WriteKubeconfig(_folder.PathOf("config"), token: "secret"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(connection));
    }

    [Fact]
    public async Task Kubeconfig_is_let_in_by_its_client_certificate()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(tls: true);
        server.Token = "nobody has it";
        using X509Certificate2 client = server.Certificates.Client("admin");
        using ApiConnection connection = Kubeconfig(server.WriteKubeconfig(_folder.PathOf("config"), client: client));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(connection));
    }

    [Fact]
    public async Task Kubeconfig_is_let_in_by_what_its_plugin_prints()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(tls: true);
        server.Token = "printed";
        string plugin = _folder.Write("plugin.json",
            """{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"printed"}}""");
        string file = server.WriteKubeconfig(_folder.PathOf("config"), token: "replaced");
        File.WriteAllText(file, File.ReadAllText(file).Replace(
            "    token: replaced",
            $"    exec:\n      apiVersion: client.authentication.k8s.io/v1\n      command: cat\n      args: [{plugin}]",
            StringComparison.Ordinal));
        using ApiConnection connection = Kubeconfig(file);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(connection));
    }

    [Fact]
    public async Task Context_that_is_named_is_taken_and_one_that_is_missing_is_said()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync();
        string file = server.WriteKubeconfig(_folder.PathOf("config"), context: "mine");
        using ApiConnection connection = Kubeconfig(file, "mine");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(connection));
        Exception missing = Assert.ThrowsAny<Exception>(() => Kubeconfig(file, "other"));
        Assert.Contains("other", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificate_of_another_authority_is_refused()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(tls: true), other = await FakeApiServer.StartAsync(tls: true);
        var options = new KubernetesOptions { Server = server.Address, CaFile = _folder.Write("ca.crt", other.AuthorityPem!) };
        using ApiConnection connection = ServerAccess.Of(options).Open();
        await Assert.ThrowsAsync<HttpRequestException>(() => StatusAsync(connection));
    }

    [Fact]
    public async Task Certificate_of_the_authority_for_another_name_is_refused()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(tls: true);
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(server.AuthorityPem);
        using var connection = new ApiConnection(
            new Uri(server.Address), new ApiCredentials { Authorities = authorities, ServerName = "kubernetes.elsewhere" });
        await Assert.ThrowsAsync<HttpRequestException>(() => StatusAsync(connection));
    }

    private static ApiConnection Kubeconfig(string file, string? context = null) =>
        KubeconfigAccess.Of(new KubernetesOptions { Kubeconfig = file, Context = context }, AccessSurroundings.OfProcess).Open();

    private static async Task<HttpStatusCode> StatusAsync(ApiConnection connection)
    {
        using HttpResponseMessage reply = await connection.GetAsync("api/v1/namespaces", TestContext.Current.CancellationToken);
        return reply.StatusCode;
    }

    private void WriteAccount()
    {
        Directory.CreateDirectory(_folder.PathOf("account"));
        _folder.Write("account/token", "t");
        _folder.Write("account/ca.crt", "c");
    }
}
