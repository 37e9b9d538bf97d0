using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using KubeDoH.Api.Doh;
using KubeDoH.Engine.Listeners;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Views;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Hosting.Dns;

/// <summary>From the configured addresses of classic DNS to those that are listened on.</summary>
internal static class DnsEndpoints
{
    /// <summary>
    /// Where this process answers classic DNS itself: an upstream there would be it. Any address is each that the machine has.
    /// </summary>
    public static IReadOnlyList<IPEndPoint> Own(ListenOptions listen) =>
    [
        .. from dns in listen.Dns.Concat(listen.Dot)
           from home in dns.Address.Homes
           from address in home.Equals(IPAddress.Any) || home.Equals(IPAddress.IPv6Any) ? [home, .. Addresses()] : (IPAddress[])[home]
           select new IPEndPoint(address, dns.Address.Port),
    ];

    /// <summary>Each address with the view that its questions have, and who is told of them.</summary>
    /// <param name="scheme">What stands before the address in metrics: <c>dns</c>, <c>tls</c>.</param>
    public static IReadOnlyList<DnsEndpoint> Read(
        IReadOnlyList<DnsListenAddress> listed, IClientViews views, string scheme, QueryReport report) =>
    [
        .. from dns in listed
           let server = ServedListener.NameOf(scheme, dns.Address)
           let view = dns.Namespace is { } name ? new NamespaceChoice(views, name).Choose : (ViewChoice?)null
           from home in dns.Address.Homes
           where dns.Address.Host != "localhost" || IsHere(home)
           select new DnsEndpoint(new IPEndPoint(home, dns.Address.Port), view)
           {
               OverUdp = report.OfListener(server, "udp"), OverTcp = report.OfListener(server, "tcp"),
           },
    ];

    private static IEnumerable<IPAddress> Addresses() => NetworkInterface.GetAllNetworkInterfaces()
        .SelectMany(one => one.GetIPProperties().UnicastAddresses)
        .Select(unicast => unicast.Address);

    /// <summary>A kernel may know IPv6 and have no address of it.</summary>
    private static bool IsHere(IPAddress home)
    {
        try
        {
            using var socket = new Socket(home.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(home, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>The view of a namespace, as it stands when it is asked for.</summary>
    private sealed class NamespaceChoice(IClientViews views, string name)
    {
        private const string Source = "views";

        private readonly Answer _unknown =
            LocalAnswers.Failure(Source, Rcode.Refused, ExtendedErrorCode.Other, $"there is no namespace '{name}'");

        private readonly Answer _notSynced =
            LocalAnswers.Failure(Source, Rcode.ServFail, ExtendedErrorCode.NotReady, $"the namespace '{name}' is not known yet");

        public Answer? Choose(Query query)
        {
            ViewVerdict verdict = views.TryNamespace(name, out ClientView view);
            query.View = view;
            return verdict switch
            {
                ViewVerdict.Found => null,
                ViewVerdict.NotSynced => _notSynced,
                _ => _unknown,
            };
        }
    }
}
