using System.Net;
using System.Net.Sockets;
using KubeDoH.Engine;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace KubeDoH.Api.Hosting;

/// <summary>Starts the server, says so, and runs it until it is told to stop.</summary>
internal static class ServerRun
{
    /// <summary>The process's exit code: 0 after an orderly stop, 1 where an address could not be listened on.</summary>
    public static async Task<int> RunAsync(
        this WebApplication app, ListenOptions listen, ServerCertificate? certificate, EngineServices engine)
    {
        if (WhyNotListening(listen) is { } why)
        {
            await app.DisposeAsync();
            await Console.Error.WriteLineAsync($"kubedoh: {why}");
            return 1;
        }

        await app.StartAsync();

        ICollection<string> addresses = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        StartMessage.Write(Console.Out, [.. addresses], certificate, engine.Describe(), engine.Example());
        await app.WaitForShutdownAsync();
        await app.DisposeAsync();
        return 0;
    }

    /// <summary>
    /// The first address that cannot be had, and its key; null when all can. Each is tried before Kestrel is, which would
    /// not always say which one failed, and would put a stack trace into the log.
    /// </summary>
    internal static string? WhyNotListening(ListenOptions listen)
    {
        foreach ((string key, IReadOnlyList<ListenAddress> addresses) in (ReadOnlySpan<(string, IReadOnlyList<ListenAddress>)>)
            [("Listen:Http", listen.Http), ("Listen:H2c", listen.H2c), ("Listen:Https", listen.Https)])
        {
            foreach (ListenAddress address in addresses)
            {
                if (TryBind(address) is { } why) return $"cannot listen on {address}: {why}; {key} names it, --{key}=ADDRESS:PORT changes it";
            }
        }

        return null;
    }

    private static string? TryBind(ListenAddress address)
    {
        IPAddress ip = address.Host switch
        {
            "*" => IPAddress.IPv6Any,
            "localhost" => IPAddress.Loopback,
            _ => IPAddress.Parse(address.Host),
        };
        try
        {
            using var socket = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (address.Host == "*") socket.DualMode = true;
            socket.Bind(new IPEndPoint(ip, address.Port));
            socket.Listen();
            return null;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "the port is in use",
                SocketError.AccessDenied => "the system does not allow this port",
                SocketError.AddressNotAvailable => "this machine has no such address",
                _ => e.Message,
            };
        }
    }
}
