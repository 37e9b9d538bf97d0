using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using KubeDoH.Tests.Clients;
using KubeDoH.Tests.Fakes;
using KubeDoH.Tests.Files;

namespace KubeDoH.Tests.Forward;

/// <summary>unbound with records of its own on UDP, TCP and TLS, and dnsdist before it on HTTPS.</summary>
internal sealed class RealUpstreams : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly List<Process> _processes = [];
    private readonly List<string> _output = [];

    private RealUpstreams(int[] ports) => (Port, TlsPort, HttpsPort, ClassicPort) = (ports[0], ports[1], ports[2], ports[3]);

    public int Port { get; }

    private int TlsPort { get; }

    private int HttpsPort { get; }

    /// <summary>dnsdist takes 53 where it is told none, which is somebody else's as a rule.</summary>
    private int ClassicPort { get; }

    /// <summary>The four ways to the same records.</summary>
    public IReadOnlyList<string> Addresses =>
    [
        $"127.0.0.1:{Port}", $"tcp://127.0.0.1:{Port}", $"tls://127.0.0.1:{TlsPort}#dns.test",
        $"https://dns.test:{HttpsPort}/dns-query#127.0.0.1",
    ];

    /// <summary>Starts both; skips the test where they are not installed.</summary>
    /// <param name="records">Lines of a zone file, for a zone <c>diff.example</c>.</param>
    public static async Task<RealUpstreams> StartAsync(IEnumerable<string> records)
    {
        OutsideClient.Require("dnsdist");
        Assert.SkipUnless(File.Exists("/usr/sbin/unbound"), "unbound is not installed");
        var peers = new RealUpstreams(FreePorts.Take(4));
        string certificate = peers._folder.PathOf("certificate.pem"), key = peers._folder.PathOf("key.pem");
        FakeFront.WritePem(certificate, key);
        peers.Start("/usr/sbin/unbound", "-d", "-p", "-c", peers.Write("unbound.conf", $"""
            server:
              interface: 127.0.0.1@{peers.Port}
              interface: 127.0.0.1@{peers.TlsPort}
              tls-port: {peers.TlsPort}
              tls-service-pem: "{certificate}"
              tls-service-key: "{key}"
              num-threads: 1
              username: ""
              chroot: ""
              directory: ""
              pidfile: ""
              use-syslog: no
              verbosity: 0
              do-daemonize: no
              local-zone: "diff.example." static
            {string.Join('\n', records.Select(record => $"  local-data: '{record}'"))}
            """));
        peers.Start("dnsdist", "--supervised", "--disable-syslog", "-C", peers.Write("dnsdist.lua", $$"""
            setSecurityPollSuffix("")
            setLocal("127.0.0.1:{{peers.ClassicPort}}")
            newServer({address="127.0.0.1:{{peers.Port}}"}):setUp()
            addDOHLocal("127.0.0.1:{{peers.HttpsPort}}", "{{certificate}}", "{{key}}", "/dns-query")
            """));
        foreach (int port in (int[])[peers.Port, peers.TlsPort, peers.HttpsPort]) await peers.ListeningAsync(port);
        return peers;
    }

    /// <summary>Starts unbound alone, with the zone of a zone file; skips the test where it is not installed.</summary>
    public static async Task<RealUpstreams> StartZoneAsync(string zone, string text)
    {
        Assert.SkipUnless(File.Exists("/usr/sbin/unbound"), "unbound is not installed");
        var peers = new RealUpstreams(FreePorts.Take(4));
        string file = peers.Write("zone", text);
        peers.Start("/usr/sbin/unbound", "-d", "-p", "-c", peers.Write("unbound.conf", $"""
            server:
              interface: 127.0.0.1@{peers.Port}
              num-threads: 1
              username: ""
              chroot: ""
              directory: ""
              pidfile: ""
              use-syslog: no
              verbosity: 1
              do-daemonize: no
            auth-zone:
              name: "{zone}"
              zonefile: "{file}"
              for-downstream: yes
              for-upstream: no
            """));
        await peers.ListeningAsync(peers.Port);
        return peers;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Process process in _processes)
        {
            if (!process.HasExited) process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        _folder.Dispose();
    }

    private string Write(string name, string text)
    {
        File.WriteAllText(_folder.PathOf(name), text);
        return _folder.PathOf(name);
    }

    private void Start(string program, params string[] arguments)
    {
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true },
        };
        process.OutputDataReceived += (_, e) => Take(e.Data);
        process.ErrorDataReceived += (_, e) => Take(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes.Add(process);
    }

    private void Take(string? line)
    {
        lock (_output) if (line is not null) _output.Add(line);
    }

    private async Task ListeningAsync(int port)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
                return;
            }
            catch (SocketException) when (Stopwatch.GetElapsedTime(start) < Patience && !_processes.Exists(process => process.HasExited))
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
            catch (SocketException)
            {
                lock (_output) Assert.Fail($"nobody listens on {port}\n{string.Join('\n', _output.Take(20))}");
            }
        }
    }
}
