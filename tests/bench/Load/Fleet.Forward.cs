namespace KubeDoH.Bench.Load;

/// <summary>Forwarders of one upstream: the service, and dnsdist in its stead.</summary>
internal sealed partial class Fleet
{
    public const string Dnsdist = "dnsdist";

    /// <summary>The zone that the upstream answers any name of, with a TTL of 0 so that nobody keeps it.</summary>
    public const string MissZone = "miss.example";

    /// <summary>unbound, on the core that the load comes from.</summary>
    public Server StartUpstream() => Server.Start("upstream", "1", folder, (port, other) =>
        ["/usr/sbin/unbound", "-d", "-p", "-c", Write("upstream.conf", $"""
        server:
          interface: 127.0.0.1@{port}
          interface: 127.0.0.1@{other}
          num-threads: 1
          username: ""
          chroot: ""
          use-syslog: no
          verbosity: 0
          do-daemonize: no
          so-rcvbuf: 0
          local-zone: "{MissZone}." redirect
          local-data: "{MissZone}. 0 IN A 192.0.2.53"
        """)]);

    /// <summary>The service, JIT or native, or dnsdist, all before <paramref name="upstream"/>.</summary>
    public Server StartForwarder(string name, Server upstream)
    {
        string address = $"127.0.0.1:{upstream.HttpPort}";
        return name switch
        {
            Service => StartService(name, OneCore, address, "dotnet", Path.Combine(root, "api/bin/Release/net10.0/kubedoh.dll")),
            NativeService => StartService(name, OneCore, address, Path.Combine(root, "artifacts/native/kubedoh")),
            _ => Server.Start(name, OneCore, folder, (http, https) =>
                ["/usr/bin/dnsdist", "--supervised", "--disable-syslog", "-C", Write("forward.lua", $$"""
                setSecurityPollSuffix("")
                setLocal("127.0.0.1:{{http}}")
                newServer({address="{{address}}"}):setUp()
                addDOHLocal("127.0.0.1:{{https}}", "{{CertificateFile}}", "{{KeyFile}}", "/dns-query")
                """)]),
        };
    }

    /// <summary>Targets that ask for a name each.</summary>
    public string WriteTargets(int count) => Write("targets", string.Join('\n', Enumerable.Range(0, count).Select(i =>
        $"/dns-query?dns={System.Buffers.Text.Base64Url.EncodeToString(LoadCase.MessageFor($"n{i}.{MissZone}"))}")));
}
