using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using KubeDoH.Tests.Files;

namespace KubeDoH.Tests.Clients;

/// <summary>
/// The program itself as a process: the settings of the launch profile <c>playground</c>, ports that were free, a data folder of its own.
/// <c>KUBEDOH_PROGRAM</c> names another build of it to start, such as the native one.
/// </summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>A shell starts its background jobs deaf to SIGINT, and their children inherit that (env of coreutils 8.31).</summary>
    private static readonly string[] HearInterrupts = ["--default-signal=INT"];

#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif

    /// <summary>The last things that it says once it listens.</summary>
    public const int LinesToTry = 3;

    private readonly TemporaryFolder _data = new();
    private readonly List<string> _output = [];
    private readonly List<(string Words, TaskCompletionSource<string> Line)> _awaited = [];
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process _process;
    private int _linesToTry;

    private ServerProcess(ProcessStartInfo start, IEnumerable<string> settings)
    {
        int[] ports = FreePorts.Take(6);
        (HttpPort, HttpsPort, H2cPort) = (ports[0], ports[1], ports[2]);
        (DnsPort, ViewPort, DotPort) = (ports[3], ports[4], ports[5]);
        string[] own =
        [
            $"Listen:Http=127.0.0.1:{HttpPort}", $"Listen:Https=127.0.0.1:{HttpsPort}", $"Listen:H2c=127.0.0.1:{H2cPort}",
            $"Listen:Dns=127.0.0.1:{DnsPort},127.0.0.1:{ViewPort};ns=dns-playground", $"Listen:Dot=127.0.0.1:{DotPort}",
            $"Store:Path={_data.PathOf("kubedoh.db")}",
        ];
        IEnumerable<string> all = settings.Concat(own).DistinctBy(setting => setting.Split('=')[0]);
        foreach (string setting in all) start.ArgumentList.Add($"--{setting}");
        if (start.WorkingDirectory.Length == 0) start.WorkingDirectory = OwnRoot();
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, e) => Take(e.Data);
        _process.ErrorDataReceived += (_, e) => Take(e.Data);
        _process.Exited += (_, _) => _ended.TrySetResult();
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The words that start the program.</summary>
    public static IReadOnlyList<string> Program { get; } = Environment.GetEnvironmentVariable("KUBEDOH_PROGRAM") is { } other
        ? [other]
        : ["dotnet", Path.Combine(AppContext.BaseDirectory, "kubedoh.dll")];

    /// <summary>The program is another build than the one beside the tests.</summary>
    public static bool IsPublished => Program.Count == 1;

    public int Id => _process.Id;

    /// <summary>The folder of its own, in which it keeps what it keeps.</summary>
    public string Data => _data.Root;

    public int HttpPort { get; }

    public int HttpsPort { get; }

    public int H2cPort { get; }

    /// <summary>UDP and TCP.</summary>
    public int DnsPort { get; }

    /// <summary>The same, seen from the namespace dns-playground.</summary>
    public int ViewPort { get; }

    public int DotPort { get; }

    public string Http => $"http://127.0.0.1:{HttpPort}";

    public string Https => $"https://127.0.0.1:{HttpsPort}";

    /// <summary>Every line so far, of both streams.</summary>
    public string Output
    {
        get { lock (_output) return string.Join('\n', _output); }
    }

    /// <summary>The certificate that the start message tells callers to trust.</summary>
    public string Certificate => TrustedFile().Match(Output) is { Success: true } match
        ? match.Groups[1].Value
        : throw new InvalidOperationException($"no --cacert in\n{Output}");

    /// <param name="settings">More settings, <c>Forward:Servers=127.0.0.1:5353</c>; one of ours gives way to it.</param>
    public static ServerProcess Start(params string[] settings) => StartUnder([], settings);

    /// <summary>Starts the program by another one, which becomes it (exec).</summary>
    public static ServerProcess StartUnder(string[] command, params string[] settings)
    {
        var start = new ProcessStartInfo("env", [.. HearInterrupts, .. command, .. Program]);
        foreach ((string name, string value) in Profile()) start.Environment[name] = value;
        return new ServerProcess(start, settings);
    }

    /// <summary>Starts it as a person does, in a process group of its own, as a terminal does.</summary>
    public static ServerProcess StartByRun(params string[] settings)
    {
        string[] run = ["setsid", "dotnet", "run", "--project", "api", "--no-build", "-c", Configuration, "--"];
        return new ServerProcess(new ProcessStartInfo("env", [.. HearInterrupts, .. run]) { WorkingDirectory = Repository.Root }, settings);
    }

    /// <summary>Waits until it has said everything that it says at its start.</summary>
    public async Task<ServerProcess> ListeningAsync()
    {
        Task first = await Task.WhenAny(_listening.Task, _ended.Task, Task.Delay(Patience, TestContext.Current.CancellationToken));
        if (first != _listening.Task)
        {
            await DisposeAsync();
            Assert.Fail($"{(first == _ended.Task ? "ended" : "waited in vain")} before it listened\n{Output}");
        }

        return this;
    }

    /// <summary>Waits until it has said a line with these words.</summary>
    /// <returns>The line.</returns>
    public Task<string> SaysAsync(string words)
    {
        lock (_output)
        {
            if (_output.Find(line => line.Contains(words, StringComparison.Ordinal)) is { } said) return Task.FromResult(said);
            var line = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((words, line));
            return line.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until it has ended by itself.</summary>
    /// <returns>What it said.</returns>
    public async Task<string> EndedAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
        Assert.NotEqual(0, _process.ExitCode);
        return Output;
    }

    /// <summary>Sends a signal to the process or to its whole group.</summary>
    public async Task SignalAsync(string signal, bool group = false)
    {
        string target = $"{(group ? "-" : "")}{_process.Id}";
        using Process kill = Process.Start("sh", ["-c", $"kill -s {signal} -- {target}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Sends SIGINT, as Ctrl-C does, and waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync(bool group = false)
    {
        await SignalAsync("INT", group);
        return await StoppedAsync();
    }

    /// <summary>Waits for its end, which somebody asked for.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StoppedAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _data.Dispose();
    }

    /// <summary>The environment of the first launch profile, which is the one that <c>dotnet run</c> takes.</summary>
    private static IEnumerable<(string Name, string Value)> Profile()
    {
        using JsonDocument settings = JsonDocument.Parse(File.ReadAllText(Repository.PathOf("api/Properties/launchSettings.json")));
        JsonElement profile = settings.RootElement.GetProperty("profiles").EnumerateObject().First().Value;
        IEnumerable<JsonProperty> variables = profile.GetProperty("environmentVariables").EnumerateObject();
        return [.. variables.Select(variable => (variable.Name, variable.Value.GetString()!))];
    }

    /// <summary>A content root as api/ is one: its data folder is our own, and the sample cluster lies where the profile says.</summary>
    private string OwnRoot()
    {
        Directory.CreateSymbolicLink(_data.PathOf("infra"), Repository.PathOf("infra"));
        return Directory.CreateDirectory(_data.PathOf("api")).FullName;
    }

    private void Take(string? line)
    {
        if (line is null) return;
        lock (_output)
        {
            _output.Add(line);
            foreach ((string words, TaskCompletionSource<string> awaited) in _awaited)
            {
                if (line.Contains(words, StringComparison.Ordinal)) awaited.TrySetResult(line);
            }
        }

        if (line.TrimStart().StartsWith("curl ", StringComparison.Ordinal) && ++_linesToTry == LinesToTry) _listening.TrySetResult();
    }

    [GeneratedRegex(@"--cacert\s+(\S+)")]
    private static partial Regex TrustedFile();
}
