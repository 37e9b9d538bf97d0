using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KubeDoH.Bench.Load;

/// <summary>Ports that were free when a server was started.</summary>
/// <param name="Dns">Of UDP and TCP.</param>
/// <param name="Dot">Of DNS over TLS.</param>
internal sealed record Ports(int Http, int Https, int Dns, int Dot);

/// <summary>A server as a process of its own; under load on the first core, as the load comes from the other.</summary>
internal sealed class Server : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly long _started;

    private Server(string name, Process process, long started, Ports ports) =>
        (Name, _process, _started, Ports) = (name, process, started, ports);

    public string Name { get; }

    public Ports Ports { get; }

    public int HttpPort => Ports.Http;

    public int HttpsPort => Ports.Https;

    public string Http => $"http://127.0.0.1:{HttpPort}";

    public string Https => $"https://127.0.0.1:{HttpsPort}";

    /// <summary>Time on a core since the start, of all threads: schedstat has nanoseconds, where stat has hundredths of a second.</summary>
    public TimeSpan CpuTime => TimeSpan.FromMicroseconds(
        Directory.EnumerateDirectories($"/proc/{_process.Id}/task").Sum(task => ReadNanoseconds(Path.Combine(task, "schedstat"))) / 1000.0);

    /// <summary>Pages in memory, in MB (VmRSS of proc_pid_status(5)).</summary>
    public double ResidentMegabytes => ReadMegabytes("VmRSS:");

    /// <summary>The most there ever were (VmHWM).</summary>
    public double PeakMegabytes => ReadMegabytes("VmHWM:");

    /// <summary>The time since it was started.</summary>
    public TimeSpan Age => Stopwatch.GetElapsedTime(_started);

    /// <param name="cores">Where it may run, as taskset has them.</param>
    /// <param name="command">Makes the command line for a port of http and one of https.</param>
    public static Server Start(
        string name, string cores, string folder, Func<int, int, IReadOnlyList<string>> command,
        params (string Name, string Value)[] environment) =>
        StartAt(name, cores, folder, ports => command(ports.Http, ports.Https), environment);

    /// <summary>The same for a server that listens for classic DNS too.</summary>
    public static Server StartAt(
        string name, string cores, string folder, Func<Ports, IReadOnlyList<string>> command,
        params (string Name, string Value)[] environment)
    {
        int[] free = FreePorts(4);
        var ports = new Ports(free[0], free[1], free[2], free[3]);
        var start = new ProcessStartInfo("taskset", ["-c", cores, .. command(ports)])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string variable, string value) in environment) start.Environment[variable] = value;
        long started = Stopwatch.GetTimestamp();
        var process = new Process { StartInfo = start };
        process.ErrorDataReceived += (_, e) => Complain(name, e.Data);
        process.Start();
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new Server(name, process, started, ports);
    }

    /// <summary>Waits for the first answer, and until it listens everywhere; returns the time from the start to that answer.</summary>
    /// <param name="target">A path of http; null for a server that has https only.</param>
    public async Task<TimeSpan> AnsweringAsync(string? target)
    {
        if (target is not null) await PatientlyAsync(() => TryAskAsync(target));
        TimeSpan answered = Stopwatch.GetElapsedTime(_started);
        await PatientlyAsync(() => TryConnectAsync(HttpsPort));
        return answered;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task PatientlyAsync(Func<Task<bool>> attempt)
    {
        while (!await attempt())
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(_started) > Patience)
                throw new InvalidOperationException($"{Name} does not answer");
            if (Stopwatch.GetElapsedTime(_started) > TimeSpan.FromSeconds(2)) await Task.Delay(20);
        }
    }

    private async Task<bool> TryAskAsync(string target)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, HttpPort);
            await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
            var reply = new byte[4096];
            int length = await socket.ReceiveAsync(reply);
            return reply.AsSpan(0, length).StartsWith("HTTP/1.1 200"u8);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private double ReadMegabytes(string field)
    {
        string line = File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024 / 1e6;
    }

    private static async Task<bool> TryConnectAsync(int port)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static void Complain(string name, string? line)
    {
        if (!string.IsNullOrEmpty(line)) Console.Error.WriteLine($"{name}: {line}");
    }

    private static long ReadNanoseconds(string file)
    {
        try
        {
            return long.Parse(File.ReadAllText(file).Split(' ')[0], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0; // The thread has ended.
        }
    }

    /// <summary>Ports that nobody had a moment ago: held together, so that they differ.</summary>
    private static int[] FreePorts(int count)
    {
        TcpListener[] held = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener listener in held) listener.Start();
        int[] ports = [.. held.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (TcpListener listener in held) listener.Dispose();
        return ports;
    }
}
