using System.Net;
using KubeDoH.Tests.Clients;

namespace KubeDoH.Tests.Infra;

/// <summary>
/// The image, without a container engine: its user, its root that cannot be written, its own folder for data. <c>.ci/run</c> starts what
/// <c>tests/image</c> made by the steps of the Dockerfile.
/// </summary>
public sealed class ContainerTests
{
    private static readonly string[] Dockerfile = File.ReadAllLines(Repository.PathOf("infra/container/Dockerfile"));

    [Fact]
    public async Task Image_answers_the_walk_through()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        await using ServerProcess server = await StartAsync();
        using var client = new HttpClient();

        string secco = await client.GetStringAsync($"{server.Http}/dns-query/ns/dns-playground?name=secco", cancel);
        string hosts = await client.GetStringAsync($"{server.Http}/dns-query?name=dns-playground.external", cancel);
        string reverse = await client.GetStringAsync($"{server.Http}/dns-query?name=184.195.101.10.in-addr.arpa&type=PTR", cancel);

        Assert.Contains("10.101.195.184", secco, StringComparison.Ordinal);
        Assert.Contains("203.0.113.9", hosts, StringComparison.Ordinal);
        Assert.Contains("secco.dns-playground.svc.cluster.local.", reverse, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Image_keeps_what_is_written_under_data_alone_and_runs_as_its_user()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        await using ServerProcess server = await StartAsync();
        using var client = new HttpClient();

        using var entry = new StringContent("""{"records":["10.0.0.5"]}""", null, "application/json");
        using HttpResponseMessage written = await client.PutAsync(
            new Uri($"{server.Http}/api/v1/entries/db.corp.example/A"), entry, cancel);
        string[] files = [.. Directory.EnumerateFiles($"/proc/{server.Id}/root/data").Select(path => Path.GetFileName(path)!)];
        string users = File.ReadLines($"/proc/{server.Id}/status").First(line => line.StartsWith("Uid:", StringComparison.Ordinal));
        string root = File.ReadLines($"/proc/{server.Id}/mounts").First(line => line.Split(' ')[1] == "/");

        Assert.Equal(HttpStatusCode.Created, written.StatusCode);
        Assert.Contains("kubedoh.db", files);
        Assert.Contains("kubedoh.crt", files);
        Assert.Equal($"Uid:\t{User}\t{User}\t{User}\t{User}", users);
        Assert.StartsWith("ro,", root.Split(' ')[3], StringComparison.Ordinal);
    }

    [Fact]
    public void Objects_run_as_the_user_of_the_image()
    {
        string deployment = File.ReadAllText(Repository.PathOf("infra/kubernetes/base/deployment.yaml"));

        Assert.Contains($"runAsUser: {User}\n", deployment, StringComparison.Ordinal);
        Assert.Contains("mountPath: /data", deployment, StringComparison.Ordinal);
        Assert.Contains($"COPY --from=build --chown={User}:{User} /empty /data", Dockerfile);
    }

    private static string User =>
        Dockerfile.Single(line => line.StartsWith("USER ", StringComparison.Ordinal))["USER ".Length..].Split(':')[0];

    private static async Task<ServerProcess> StartAsync()
    {
        OutsideClient.Require("unshare", "chroot");
        Assert.SkipUnless(Environment.UserName == "root", "only root can make a root of its own");
        string program = Environment.GetEnvironmentVariable("KUBEDOH_PROGRAM") is { } native
            ? Path.GetDirectoryName(native)!
            : AppContext.BaseDirectory;
        string[] contained = ["bash", Repository.PathOf("tests/infra/contain"), User, program];
        return await ServerProcess.StartUnder(contained, "Forward:Servers=", "Store:Path=data/kubedoh.db").ListeningAsync();
    }
}
