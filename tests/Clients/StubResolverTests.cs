using KubeDoH.Tests.Files;

namespace KubeDoH.Tests.Clients;

/// <summary>
/// The resolvers of glibc and musl, in a network of their own with the server at the address of the cluster's DNS, and with a resolv.conf
/// of their own: as every program in a pod asks.
/// </summary>
public sealed class StubResolverTests(PodNetwork network) : IClassFixture<PodNetwork>
{
    private const string PodFile =
        $"search dns-playground.svc.cluster.local svc.cluster.local cluster.local\nnameserver {PodNetwork.ClusterDns}\noptions ndots:5\n";

    /// <summary>No search list: the listener that it names sees names from the namespace.</summary>
    private const string PlainFile = $"nameserver {PodNetwork.OfNamespace}\n";

    [Theory]
    [InlineData(PodFile, "secco", "10.101.195.184  secco.dns-playground.svc.cluster.local")]
    [InlineData(PodFile, "kubernetes.default", "10.96.0.1       kubernetes.default.svc.cluster.local")]
    [InlineData(PodFile, "10.101.195.184", "10.101.195.184  secco.dns-playground.svc.cluster.local")]
    [InlineData(PodFile, "dns-playground.external", "203.0.113.9     dns-playground.external")]
    [InlineData(PodFile, "nobody.dns-playground", "")]
    [InlineData(PlainFile, "secco", "10.101.195.184  secco.dns-playground.svc.cluster.local secco")]
    [InlineData(PlainFile, "nobody.dns-playground.svc.cluster.local", "")]
    public async Task Glibc_finds_what_a_pod_finds(string resolvConf, string name, string found)
    {
        ClientResult result = await network.RunAsync(resolvConf, "getent", "hosts", name);

        Assert.Equal(found, result.Output.Trim());
        Assert.Equal(found.Length == 0 ? 2 : 0, result.ExitCode);
    }

    [Theory]
    [InlineData(PodFile, "secco", "10.101.195.184\n")]
    [InlineData(PodFile, "zerocalcare.dns-playground.svc", "10.104.214.95\n")]
    [InlineData(PodFile, "nobody.dns-playground.svc.cluster.local", "Name does not resolve\n")]
    [InlineData(PlainFile, "secco", "10.101.195.184\n")]
    public async Task Musl_finds_what_a_pod_finds(string resolvConf, string name, string found)
    {
        OutsideClient.Require("musl-gcc");
        string program = network.Folder.PathOf(Path.GetRandomFileName());
        _ = (await OutsideClient.RunAsync("musl-gcc", "-static", "-o", program, Repository.PathOf("tests/Clients/addresses.c"))).Text;

        ClientResult result = await network.RunAsync(resolvConf, program, name);

        Assert.Equal(found, result.Output);
    }
}

/// <summary>
/// A network in which the server has the address of the cluster's DNS, and another that has a view: one for all tests of a class.
/// </summary>
public sealed class PodNetwork : IAsyncDisposable
{
    public const string ClusterDns = "10.96.0.10", OfNamespace = "10.96.0.11";

    private ServerProcess? _server;

    internal TemporaryFolder Folder { get; } = new();

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        Folder.Dispose();
    }

    /// <summary>Runs a program where the server is, in a mount namespace whose /etc/resolv.conf is another file.</summary>
    internal async Task<ClientResult> RunAsync(string resolvConf, params string[] command)
    {
        _server ??= await StartAsync();
        string file = Folder.Write("resolv.conf", resolvConf);
        string script = $"mount --bind {file} /etc/resolv.conf && exec \"$@\"";
        return await OutsideClient.RunAsync(
            "nsenter", [$"--net=/proc/{_server.Id}/ns/net", "unshare", "--mount", "sh", "-c", script, "sh", .. command]);
    }

    private static async Task<ServerProcess> StartAsync()
    {
        OutsideClient.Require("ip", "unshare", "nsenter", "getent");
        ClientResult allowed = await OutsideClient.RunAsync("unshare", "--net", "--mount", "true");
        Assert.SkipUnless(allowed.ExitCode == 0, $"no network of its own: {allowed.Errors.Trim()}");
        string script =
            $"ip link set lo up && ip address add {ClusterDns}/32 dev lo && ip address add {OfNamespace}/32 dev lo && exec \"$@\"";
        return await ServerProcess.StartUnder(
            ["unshare", "--net", "sh", "-c", script, "sh"],
            "Order=hosts,cluster,special", $"Listen:Dns={ClusterDns}:53,{OfNamespace}:53;ns=dns-playground").ListeningAsync();
    }
}
