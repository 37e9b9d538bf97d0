using System.Diagnostics;
using KubeDoH.Tests.Clients;

namespace KubeDoH.Tests.Api.Metrics;

/// <summary>Prometheus's own judge of its text format.</summary>
internal static class Promtool
{
    /// <summary>What it finds wrong; "" where that is nothing.</summary>
    public static async Task<string> JudgeAsync(string metrics)
    {
        OutsideClient.Require("promtool");
        var start = new ProcessStartInfo(
            "promtool", ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(metrics);
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        string said = await output + await errors;
        return process.ExitCode == 0 ? said : $"ended with {process.ExitCode}: {said}";
    }
}
