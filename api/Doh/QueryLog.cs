using System.Net;
using KubeDoH.Engine.Listeners;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Doh;

/// <summary>
/// Logs questions with the fields of CoreDNS's log plugin, and who gave the answer. Which are logged goes by the zone, the class of the
/// answer and chance; who asked is told only where that is configured.
/// </summary>
internal sealed partial class QueryLog
{
    private readonly Dictionary<DnsName, bool[]>? _zones;
    private readonly Dictionary<DnsName, bool[]>.AlternateLookup<ReadOnlySpan<byte>> _byName;
    private readonly int _sample;
    private readonly bool _clients;
    private readonly ILogger _logger;

    public QueryLog(QueryLogOptions options, ILogger<QueryLog> logger)
    {
        (_sample, _clients, _logger) = (options.Sample, options.Clients, logger);
        if (options.Zones.Count == 0) return;
        _zones = new Dictionary<DnsName, bool[]>(DnsNameComparer.Instance);
        foreach ((string zone, IReadOnlyList<ResponseClass> classes) in options.Zones)
            _zones[DnsName.Parse(zone)] = [.. Enum.GetValues<ResponseClass>()
                .Select(c => classes.Contains(c) || classes.Contains(ResponseClass.All))];
        _byName = _zones.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>Logs the question of a request if it is to be logged.</summary>
    public void Note(HttpContext context, Query query, Answer answer, int responseSize, TimeSpan duration)
    {
        if (Wants(query, answer))
            Write(_clients ? ClientOf(context.Connection) : "-", "https", query, answer, responseSize, duration, context.TraceIdentifier);
    }

    /// <summary>Logs the question that came to a listener of classic DNS if it is to be logged.</summary>
    public void Note(ClientEndPoint client, string proto, Query query, Answer answer, int responseSize, TimeSpan duration)
    {
        if (Wants(query, answer))
            Write(_clients ? $"{new IPEndPoint(new IPAddress(client.Address.ToData()), client.Port)}" : "-",
                proto, query, answer, responseSize, duration, "-");
    }

    private void Write(string client, string proto, Query query, Answer answer, int responseSize, TimeSpan duration, string requestId)
    {
        string type = RecordTypeText.Write(query.Type), @class = query.Class == RecordClass.Internet ? "IN" : $"CLASS{(int)query.Class}";
        string name = NameText.Write(query.NameAsAsked), rcode = RcodeText.Write(answer.Rcode), flags = FlagsOf(query, answer);
        Log.Asked(_logger, client, query.Id, type, @class, name, proto, query.Size, query.DnssecOk ? "true" : "false", query.UdpSize, rcode,
            flags, responseSize, duration.TotalSeconds, answer.Source, query.View.Namespace ?? "-", requestId);
    }

    private bool Wants(Query query, Answer answer)
    {
        if (_zones is null) return false;
        for (ReadOnlySpan<byte> zone = query.Name; ; zone = WireName.Parent(zone))
        {
            if (_byName.TryGetValue(zone, out bool[]? classes))
                return classes[(int)QueryLogOptions.ClassOf(answer)] && (_sample == 1 || Random.Shared.Next(_sample) == 0);
            if (zone.Length == 1) return false;
        }
    }

    private static string ClientOf(ConnectionInfo connection) => connection.RemoteIpAddress is { } address
        ? $"{(address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : address)}:{connection.RemotePort}"
        : "-";

    private static string FlagsOf(Query query, Answer answer)
    {
        string flags = "qr";
        if (answer.Authoritative) flags += ",aa";
        if (answer.Truncated) flags += ",tc";
        if (query.RecursionDesired) flags += ",rd";
        flags += ",ra";
        if (answer.AuthenticData && (query.AuthenticData || query.DnssecOk)) flags += ",ad";
        return query.CheckingDisabled ? flags + ",cd" : flags;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message =
            "{Client} - {Id} \"{Type} {Class} {Name} {Proto} {Size} {Do} {BufSize}\" {Rcode} {RFlags} {RSize} {Duration:0.000000000}s "
            + "{Source} {Namespace} {RequestId}")]
        public static partial void Asked(
            ILogger logger, string client, int id, string type, string @class, string name, string proto, int size, string @do, int bufSize,
            string rcode, string rFlags, int rSize, double duration, string source, string @namespace, string requestId);
    }
}
