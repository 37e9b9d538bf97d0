namespace KubeDoH.Bench.Load;

/// <summary>Servers of classic DNS.</summary>
internal sealed partial class Fleet
{
    public const string Echo = "echo, JIT", NativeEcho = "echo, native";

    /// <summary>What dnsperf asks.</summary>
    public string QuestionsFile => Write("questions", $"{LoadCase.Question} A\n");

    /// <summary>The service with every transport of its own.</summary>
    public Server StartDns(string name)
    {
        string[] program = name == NativeService
            ? [Path.Combine(root, "artifacts/native/kubedoh")]
            : ["dotnet", Path.Combine(root, "api/bin/Release/net10.0/kubedoh.dll")];
        string store = Path.Combine(folder, Path.GetRandomFileName(), "kubedoh.db");
        return Server.StartAt(
            name, OneCore, folder,
            ports =>
            [
                .. program, $"--Listen:Http=127.0.0.1:{ports.Http}", $"--Listen:Https=127.0.0.1:{ports.Https}",
                $"--Listen:Dns=127.0.0.1:{ports.Dns}", $"--Listen:Dot=127.0.0.1:{ports.Dot}",
                $"--Listen:Certificate={CertificateFile}", $"--Listen:CertificateKey={KeyFile}", $"--Store:Path={store}",
                $"--Forward:Servers={NoUpstream}", $"--Kubernetes:Snapshot={Path.Combine(root, "infra/playground/cluster.yaml")}",
            ]);
    }

    /// <summary>The loop that only echoes.</summary>
    public Server StartEcho(string name)
    {
        string[] program = name == NativeEcho
            ? [Path.Combine(root, "artifacts/echo/echo")]
            : ["dotnet", Path.Combine(root, "tests/bench/Echo/bin/Release/net10.0/echo.dll")];
        return Server.StartAt(name, OneCore, folder, ports => [.. program, $"{ports.Dns}"]);
    }

    /// <summary>The peers that are installed, each holding the same name, with every transport.</summary>
    public IEnumerable<Server> StartDnsPeers()
    {
        if (!File.Exists("/usr/sbin/unbound")) yield break;
        yield return Server.StartAt("unbound", OneCore, folder, ports =>
            ["/usr/sbin/unbound", "-d", "-p", "-c", Write("unbound-dns.conf", $"""
            server:
              interface: 127.0.0.1@{ports.Dns}
              interface: 127.0.0.1@{ports.Dot}
              interface: 127.0.0.1@{ports.Https}
              https-port: {ports.Https}
              tls-port: {ports.Dot}
              tls-service-pem: "{CertificateFile}"
              tls-service-key: "{KeyFile}"
              incoming-num-tcp: 100
              num-threads: 1
              username: ""
              chroot: ""
              use-syslog: no
              verbosity: 0
              do-daemonize: no
              local-zone: "cluster.local." static
              local-data: "{LoadCase.Question}. 30 IN A 10.101.195.184"
            """)]);
    }
}
