using System.Diagnostics;

namespace KubeDoH.Tests.Clients;

/// <summary>What a program said, and how it ended.</summary>
internal sealed record ClientResult(int ExitCode, string Output, string Errors)
{
    /// <summary>The output of a program that ended well.</summary>
    public string Text
    {
        get
        {
            Assert.True(ExitCode == 0, $"ended with {ExitCode}\n{Output}\n{Errors}");
            return Output;
        }
    }
}

/// <summary>Programs that other people wrote, run as processes.</summary>
internal static class OutsideClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Skips the test, and says why, where the machine lacks one of these.</summary>
    public static void Require(params string[] programs)
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        foreach (string program in programs)
            Assert.SkipUnless(folders.Any(folder => File.Exists(Path.Combine(folder, program))), $"{program} is not installed");
    }

    public static async Task<ClientResult> RunAsync(string program, params string[] arguments)
    {
        Require(program);
        var start = new ProcessStartInfo(program, arguments);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        process.StandardInput.Close();
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(patience.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return new ClientResult(process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
