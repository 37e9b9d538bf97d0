using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace KubeDoH.Bench.Load;

/// <summary>The programs to compare, and how each is started: the service on the sample cluster, and the bare endpoint.</summary>
/// <param name="root">Of the repository.</param>
/// <param name="folder">For everything that a run leaves behind.</param>
internal sealed partial class Fleet(string root, string folder)
{
    public const string Service = "service, JIT", NativeService = "service, native", Followed = "followed", Uncounted = "without summary",
        Bare = "bare, JIT", NativeBare = "bare, native";

    public const string OneCore = "0", AllCores = "0-1";

    /// <summary>Where nobody answers.</summary>
    private const string NoUpstream = "127.0.0.1:9";

    private string CertificateFile => Path.Combine(folder, "certificate.pem");

    private string KeyFile => Path.Combine(folder, "key.pem");

    public string MessageFile => Path.Combine(folder, "message");

    public string Folder => folder;

    /// <summary>Writes what every server needs: one certificate for all, and the message to POST.</summary>
    public static Fleet Prepare(string root)
    {
        var fleet = new Fleet(root, Directory.CreateTempSubdirectory("kubedoh-bench").FullName);
        File.WriteAllBytes(fleet.MessageFile, LoadCase.Message);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        File.WriteAllText(fleet.KeyFile, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(fleet.CertificateFile, certificate.ExportCertificatePem());
        return fleet;
    }

    /// <summary>Starts the service, or the bare endpoint after <see cref="RecordAsync"/>.</summary>
    public Server Start(string name, string cores = OneCore) => name switch
    {
        Service => StartService(name, cores, NoUpstream, "dotnet", Path.Combine(root, "api/bin/Release/net10.0/kubedoh.dll")),
        NativeService => StartService(name, cores, NoUpstream, Path.Combine(root, "artifacts/native/kubedoh")),
        Followed => StartService(name, cores, NoUpstream, "dotnet", Path.Combine(root, "api/bin/Release/net10.0/kubedoh.dll")),
        Uncounted => StartService(
            name, cores, NoUpstream, "dotnet", Path.Combine(root, "api/bin/Release/net10.0/kubedoh.dll"), "--Queries:Summary=false"),
        Bare => StartBare(name, cores, "dotnet", Path.Combine(root, "tests/bench/Bare/bin/Release/net10.0/bare.dll")),
        NativeBare => StartBare(name, cores, Path.Combine(root, "artifacts/bare/bare")),
        _ => throw new ArgumentException($"nothing is called {name}", nameof(name)),
    };

    /// <summary>Starts the native build on the cluster of an API server.</summary>
    public Server StartLive(string apiServer) => StartService(
        NativeService, AllCores, NoUpstream, [Path.Combine(root, "artifacts/native/kubedoh")], ("KUBEDOH_Kubernetes__Server", apiServer));

    /// <summary>Keeps the service's replies, for the bare endpoint to send: the same headers and as many bytes.</summary>
    public async Task RecordAsync(Server service)
    {
        foreach ((string path, string target) in Recorded())
        {
            using var client = new HttpClient();
            using HttpResponseMessage reply = await client.GetAsync(new Uri(service.Http + target));
            reply.EnsureSuccessStatusCode();
            IEnumerable<string> headers = reply.Headers.Concat(reply.Content.Headers)
                .Select(pair => $"{pair.Key}: {string.Join(", ", pair.Value)}");
            byte[] head = Encoding.ASCII.GetBytes(string.Join('\n', headers) + "\n\n");
            await File.WriteAllBytesAsync(RecordedFile(path), [.. head, .. await reply.Content.ReadAsByteArrayAsync()]);
        }
    }

    /// <summary>The peers that are installed, each holding the same name.</summary>
    public IEnumerable<Server> StartPeers()
    {
        const string Address = "10.101.195.184";
        if (File.Exists("/usr/sbin/unbound"))
        {
            yield return Server.Start("unbound", OneCore, folder, (_, https) =>
                ["/usr/sbin/unbound", "-d", "-p", "-c", Write("unbound.conf", $"""
                server:
                  interface: 127.0.0.1@{https}
                  https-port: {https}
                  tls-service-pem: "{CertificateFile}"
                  tls-service-key: "{KeyFile}"
                  num-threads: 1
                  username: ""
                  chroot: ""
                  use-syslog: no
                  verbosity: 0
                  do-daemonize: no
                  local-zone: "cluster.local." static
                  local-data: "{LoadCase.Question}. 30 IN A {Address}"
                """)]);
        }

        if (File.Exists("/usr/bin/dnsdist"))
        {
            yield return Server.Start("dnsdist", OneCore, folder, (http, https) =>
                ["/usr/bin/dnsdist", "--supervised", "--disable-syslog", "-C", Write("dnsdist.lua", $"""
                setSecurityPollSuffix("")
                setLocal("127.0.0.1:{http}")
                newServer("127.0.0.1:9")
                addDOHLocal("127.0.0.1:{https}", "{CertificateFile}", "{KeyFile}", "/dns-query")
                addAction(QNameRule("{LoadCase.Question}."), SpoofAction("{Address}"))
                """)]);
        }
    }

    private Server StartService(string name, string cores, string upstream, params string[] program) => StartService(
        name, cores, upstream, program,
        ("KUBEDOH_Kubernetes__Snapshot", Path.Combine(root, "infra/playground/cluster.yaml")),
        ("KUBEDOH_Hosts__Files", $"/etc/hosts,{Path.Combine(root, "infra/playground/hosts")}"));

    private Server StartService(
        string name, string cores, string upstream, string[] program, params (string Name, string Value)[] environment)
    {
        string store = Path.Combine(folder, Path.GetRandomFileName(), "kubedoh.db");
        return Server.Start(
            name, cores, folder,
            (http, https) =>
            [
                .. program, $"--Listen:Http=127.0.0.1:{http}", $"--Listen:Https=127.0.0.1:{https}",
                $"--Listen:Certificate={CertificateFile}", $"--Listen:CertificateKey={KeyFile}", $"--Store:Path={store}",
                $"--Forward:Servers={upstream}",
            ],
            environment);
    }

    private Server StartBare(string name, string cores, params string[] program) => Server.Start(
        name, cores, folder,
        (http, https) =>
        [
            .. program, $"{http}", $"{https}", CertificateFile, KeyFile,
            .. Recorded().Select(pair => $"{pair.Path}={RecordedFile(pair.Path)}"),
        ]);

    private static IEnumerable<(string Path, string Target)> Recorded() =>
        [("/dns-query", LoadCase.WireTarget), ("/resolve", LoadCase.JsonTarget)];

    private string RecordedFile(string path) => Path.Combine(folder, $"reply{path.Replace('/', '-')}");

    private string Write(string name, string text)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
