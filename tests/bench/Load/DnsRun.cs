using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace KubeDoH.Bench.Load;

/// <summary>
/// Classic DNS: the service over UDP beside a loop that only echoes, both built alike; then dnsperf at every transport, with unbound
/// beside.
/// </summary>
internal static partial class DnsRun
{
    private const double Budget = 0.8;
    private const int Pairs = 15, WarmUp = 10, Questions = 200_000, Runs = 5;

    private static readonly string[] Transports = ["udp", "tcp", "dot", "doh"];

    public static async Task<int> RunAsync(Fleet fleet)
    {
        var report = new Report();
        await using Server service = fleet.StartDns(Fleet.Service), native = fleet.StartDns(Fleet.NativeService);
        await using Server echo = fleet.StartEcho(Fleet.Echo), nativeEcho = fleet.StartEcho(Fleet.NativeEcho);
        await service.AnsweringAsync(LoadCase.WireTarget);
        await native.AnsweringAsync(LoadCase.WireTarget);
        Rounds rounds = await Rounds.RunAsync(
            server => DatagramClient.RunAsync(server, Questions), [echo, service, native, nativeEcho], Pairs, WarmUp);
        Report.Begin("UDP, one core: datagrams a second (and processor time each)", "build", "echo", "service", "ratio", "budget");
        foreach ((string build, string ours, string other) in ((string, string, string)[])
            [("JIT", Fleet.Service, Fleet.Echo), ("native", Fleet.NativeService, Fleet.NativeEcho)])
        {
            Comparison comparison = rounds.Compare(ours, other);
            Report.Row(
                build, Report.Load(rounds.Median(other)), Report.Load(rounds.Median(ours)), Report.Ratio(comparison),
                $"{Report.Number(Budget, "0.0")}: {report.Judge(Math.Min(comparison.Ratio, comparison.CpuRatio) >= Budget)}");
        }

        await SideBySideAsync(fleet, [service, native]);
        return report.Met ? 0 : 1;
    }

    /// <summary>dnsperf may be slower than what it asks: the processor time beside tells.</summary>
    private static async Task SideBySideAsync(Fleet fleet, IReadOnlyList<Server> services)
    {
        if (!File.Exists("/usr/bin/dnsperf")) return;
        Report.Begin("dnsperf, 4 connections, 200 questions on their way", ["server", .. Transports]);
        List<Server> servers = [.. services, .. fleet.StartDnsPeers()];
        foreach (Server peer in servers.Skip(services.Count)) await peer.AnsweringAsync(null);
        foreach (Server server in servers)
        {
            var cells = new List<string> { server.Name };
            foreach (string transport in Transports)
            {
                var runs = new List<LoadResult>();
                for (int i = 0; i < Runs; i++) runs.Add(await PerformAsync(fleet, server, transport));
                cells.Add(Report.Load(new LoadResult(
                    Rounds.Median(runs.Select(run => run.PerSecond)), Rounds.Median(runs.Select(run => run.CpuMicroseconds)))));
            }

            Report.Row([.. cells]);
        }

        foreach (Server peer in servers.Skip(services.Count)) await peer.DisposeAsync();
    }

    private static async Task<LoadResult> PerformAsync(Fleet fleet, Server server, string transport)
    {
        int port = transport switch { "dot" => server.Ports.Dot, "doh" => server.Ports.Https, _ => server.Ports.Dns };
        string[] arguments =
        [
            "-c", "1", "dnsperf", "-s", "127.0.0.1", "-p", $"{port}", "-m", transport, "-O", "doh-uri=https://localhost/dns-query",
            "-d", fleet.QuestionsFile, "-l", "2", "-c", "4", "-q", "200",
        ];
        TimeSpan before = server.CpuTime;
        using Process client = Process.Start(
            new ProcessStartInfo("taskset", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = client.StandardError.ReadToEndAsync();
        string output = await client.StandardOutput.ReadToEndAsync();
        await client.WaitForExitAsync();
        TimeSpan cpu = server.CpuTime - before;
        if (Rate().Match(output) is not { Success: true } rate || Answered().Match(output) is not { Success: true } answered)
            throw new InvalidOperationException($"{server.Name}, {transport}: dnsperf got no NOERROR\n{output}{await errors}");
        return new LoadResult(
            double.Parse(rate.Groups[1].ValueSpan, CultureInfo.InvariantCulture),
            cpu.TotalMicroseconds / double.Parse(answered.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"Queries per second: +([\d.]+)")]
    private static partial Regex Rate();

    [GeneratedRegex(@"NOERROR (\d+)")]
    private static partial Regex Answered();
}
