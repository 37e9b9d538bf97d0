using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace KubeDoH.Tests.Clients;

/// <summary>
/// A server in a network where nothing else is, with addresses of our own beside loopback's; and sockets in it, so that callers come
/// from where a test wants them to.
/// </summary>
internal sealed class OwnNetwork(ServerProcess server) : IAsyncDisposable
{
    public const int Port = 8053;

    public ServerProcess Server => server;

    /// <summary>
    /// Starts the program where it has these addresses. Skips the test where the machine gives nobody a network of their own.
    /// </summary>
    public static async Task<OwnNetwork> StartAsync(IReadOnlyList<string> addresses, params string[] settings)
    {
        OutsideClient.Require("ip", "unshare");
        ClientResult allowed = await OutsideClient.RunAsync("unshare", "-n", "true");
        Assert.SkipUnless(allowed.ExitCode == 0, $"no network of its own: {allowed.Errors.Trim()}");
        string script = string.Concat(addresses.Select(address => $"ip address add {address}/32 dev lo && "));
        ServerProcess server = ServerProcess.StartUnder(
            ["unshare", "-n", "sh", "-c", $"ip link set lo up && {script}exec \"$@\"", "sh"], [$"Listen:Http=*:{Port}", .. settings]);
        return new OwnNetwork(await server.ListeningAsync());
    }

    /// <summary>A client whose connections come from an address; to loopback they go from loopback.</summary>
    public HttpClient ClientAt(string source, string target)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            ConnectCallback = (_, _) => ValueTask.FromResult<Stream>(
                new NetworkStream(Connect(IPAddress.Parse(source), new IPEndPoint(IPAddress.Parse(target), Port)), ownsSocket: true)),
        };
        return new HttpClient(handler) { BaseAddress = new Uri($"http://{target}:{Port}") };
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    /// <summary>A socket stays in the network of the thread that made it, and that thread ends here.</summary>
    private Socket Connect(IPAddress source, IPEndPoint target)
    {
        Socket? socket = null;
        Exception? trouble = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var network = File.OpenHandle($"/proc/{server.Id}/ns/net");
                if (SetNamespace((int)network.DangerousGetHandle(), 0) != 0)
                    throw new IOException($"setns: error {Marshal.GetLastPInvokeError()}");
                socket = new Socket(source.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                socket.Bind(new IPEndPoint(source, 0));
                socket.Connect(target);
            }
            catch (Exception e) when (e is IOException or SocketException or UnauthorizedAccessException)
            {
                trouble = e;
            }
        });
        thread.Start();
        thread.Join();
        return trouble is null ? socket! : throw new IOException($"no connection from {source} to {target}", trouble);
    }

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int SetNamespace(int descriptor, int kind);
}
