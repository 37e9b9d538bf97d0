using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace KubeDoH.Bench.Load;

/// <summary>What one run of the load brought.</summary>
/// <param name="PerSecond">Requests answered in a second.</param>
/// <param name="CpuMicroseconds">Of the server, for one request.</param>
internal readonly record struct LoadResult(double PerSecond, double CpuMicroseconds);

/// <summary>h2load on the second core, which sends one server so many requests.</summary>
internal static partial class LoadClient
{
    public static async Task<LoadResult> RunAsync(Server server, LoadCase load, int requests)
    {
        string[] connections = load.Transport == Transport.Http2Tls ? ["-c", "8", "-m", "16"] : ["--h1", "-c", "32"];
        string[] body = load.Body is null ? [] : ["-d", load.Body, "-H", "content-type: application/dns-message"];
        string origin = load.Transport == Transport.Http1 ? server.Http : server.Https;
        if (load.TargetsFile is not null) connections = ["-c", "1", "-m", "100"];
        string[] targets = load.TargetsFile is { } file ? ["-i", file, "-B", origin] : [origin + load.Target];
        string[] arguments = ["-c", "1", "h2load", "-t", "1", "-n", $"{requests}", .. connections, .. body, .. targets];

        TimeSpan before = server.CpuTime;
        using Process client = Process.Start(new ProcessStartInfo("taskset", arguments) { RedirectStandardOutput = true })!;
        string output = await client.StandardOutput.ReadToEndAsync();
        await client.WaitForExitAsync();
        TimeSpan cpu = server.CpuTime - before;

        double perSecond = Read(Rate(), output), done = Read(Done(), output), good = Read(Succeeded(), output);
        if (done == 0 || done != good)
            throw new InvalidOperationException($"{server.Name}, {load.Name}: not every request was answered by 200\n{output}");
        return new LoadResult(perSecond, cpu.TotalMicroseconds / done);
    }

    private static double Read(Regex pattern, string output) =>
        pattern.Match(output) is { Success: true } match ? double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^finished in .*?, ([\d.]+) req/s", RegexOptions.Multiline)]
    private static partial Regex Rate();

    [GeneratedRegex(@"^requests: .* (\d+) done,", RegexOptions.Multiline)]
    private static partial Regex Done();

    [GeneratedRegex(@"^status codes: (\d+) 2xx", RegexOptions.Multiline)]
    private static partial Regex Succeeded();
}
