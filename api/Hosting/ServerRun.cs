using System.Net;
using System.Net.Sockets;
using KubeDoH.Api.Hosting.Configuration;
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
        this WebApplication app, LiveConfiguration configuration, ServerCertificate? certificate, EngineServices engine)
    {
        ListenOptions listen = configuration.InForce.Listen;
        if (WhyNotListening(listen) is { } why)
        {
            await app.DisposeAsync();
            await Console.Error.WriteLineAsync($"kubedoh: {why}");
            return 1;
        }

        await app.StartAsync();

        IServer server = app.Services.GetRequiredService<IServer>();
        ICollection<string> addresses = server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        StartMessage.Write(Console.Out, listen, [.. addresses], certificate, engine.Sources(), engine.Example());
        await ToldToStopAsync(app.Lifetime);
        await app.Services.GetRequiredService<Lameduck>().PassAsync(configuration.InForce.Listen.Lameduck);
        await app.StopAsync();
        await app.DisposeAsync();
        return 0;
    }

    private static async Task ToldToStopAsync(IHostApplicationLifetime lifetime)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = lifetime.ApplicationStopping.Register(() => told.TrySetResult());
        await told.Task;
    }

    /// <summary>
    /// The first address that cannot be had, and its key; null when all can be had together. They are tried before Kestrel is,
    /// which would not always say which one failed, and would put a stack trace into the log.
    /// </summary>
    internal static string? WhyNotListening(ListenOptions listen)
    {
        var held = new List<Socket>();
        try
        {
            foreach ((string key, ListenAddress address, bool datagrams) in listen.All)
            {
                foreach (IPAddress ip in address.Homes)
                {
                    string? why = datagrams ? WhyNot(ip, address, held, SocketType.Dgram) : null;
                    why ??= WhyNot(ip, address, held, SocketType.Stream);
                    if (why is not null)
                        return $"cannot listen on {address}: {why}; {key} names it, --{key}=ADDRESS:PORT changes it";
                }
            }
        }
        finally
        {
            held.ForEach(socket => socket.Dispose());
        }

        return null;
    }

    private static string? WhyNot(IPAddress ip, ListenAddress address, List<Socket> held, SocketType type)
    {
        try
        {
            var socket = new Socket(ip.AddressFamily, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp);
            held.Add(socket);
            if (ip.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            socket.Bind(new IPEndPoint(ip, address.Port));
            if (type == SocketType.Stream) socket.Listen();
            return null;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "the port is in use",
                SocketError.AccessDenied => "the system does not allow this port",
                SocketError.AddressNotAvailable when address.Host == "localhost" => null, // one of its two will do
                SocketError.AddressNotAvailable => "this machine has no such address",
                _ => e.Message,
            };
        }
    }
}
