using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using KubeDoH.Engine.Listeners;

namespace KubeDoH.Bench.Load;

/// <summary>
/// The load over UDP: some hundred questions on their way at once, many with one call of the system, so that one core of it is more than
/// one core of any server answers. A process of its own, on the second core.
/// </summary>
internal static class DatagramClient
{
    public const string Switch = "datagrams";

    private const int Batch = 32, Window = 256;

    /// <summary>The child process: <c>datagrams PORT COUNT</c>; prints the replies a second.</summary>
    public static int Run(string[] told)
    {
        var server = new IPEndPoint(IPAddress.Loopback, int.Parse(told[0], CultureInfo.InvariantCulture));
        int count = int.Parse(told[1], CultureInfo.InvariantCulture);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
        {
            ReceiveBufferSize = 1 << 20, SendBufferSize = 1 << 20, ReceiveTimeout = 5000,
        };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int handle = (int)socket.SafeHandle.DangerousGetHandle();
        Exchange(handle, server, Window); // What is compiled on first use is compiled now.
        long started = Stopwatch.GetTimestamp();
        Exchange(handle, server, count);
        Console.WriteLine((count / Stopwatch.GetElapsedTime(started).TotalSeconds).ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    /// <summary>Sends a server so many questions, and measures what each costs it.</summary>
    public static async Task<LoadResult> RunAsync(Server server, int count)
    {
        string[] arguments =
            ["-c", "1", "dotnet", typeof(DatagramClient).Assembly.Location, Switch, $"{server.Ports.Dns}", $"{count}"];
        TimeSpan before = server.CpuTime;
        using Process client = Process.Start(new ProcessStartInfo("taskset", arguments) { RedirectStandardOutput = true })!;
        string output = await client.StandardOutput.ReadToEndAsync();
        await client.WaitForExitAsync();
        if (client.ExitCode != 0) throw new InvalidOperationException($"{server.Name} lost a question");
        TimeSpan cpu = server.CpuTime - before;
        return new LoadResult(double.Parse(output, CultureInfo.InvariantCulture), cpu.TotalMicroseconds / (count + Window));
    }

    private static void Exchange(int socket, IPEndPoint server, int count)
    {
        byte[] name = server.Serialize().Buffer.ToArray();
        var sending = new DatagramBatch(Batch, LoadCase.Message.Length, wantsControl: false);
        var receiving = new DatagramBatch(Batch, LoadCase.Message.Length, wantsControl: false);
        int sent = 0, received = 0;
        while (received < count)
        {
            while (sent < count && sent - received <= Window - Batch)
            {
                int part = Math.Min(Batch, count - sent);
                for (int slot = 0; slot < part; slot++)
                {
                    sending.Put(slot, name, []);
                    LoadCase.Message.CopyTo(sending.Reply(slot));
                    sending.Add(slot, LoadCase.Message.Length);
                }

                sending.Send(socket);
                sent += part;
            }

            int taken = receiving.Receive(socket);
            if (taken <= 0) throw new InvalidOperationException("a reply did not come");
            received += taken;
        }
    }
}
