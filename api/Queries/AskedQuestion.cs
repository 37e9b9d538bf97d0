using System.Net;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Queries;

/// <summary>A question that was answered, as those who listen get it: nothing of the pooled query is in it.</summary>
/// <param name="Proto"><c>https</c>, <c>udp</c>, <c>tcp</c> or <c>tls</c>, as the query log has it.</param>
/// <param name="Size">Octets of the reply.</param>
/// <param name="Age">Seconds for which the cache had the answer; null for one that was not from upstreams.</param>
/// <param name="Client">Null where that is not asked for.</param>
internal sealed record AskedQuestion(
    DateTimeOffset At, byte[] Name, RecordType Type, Rcode Rcode, string Source, string? Namespace, string Proto, int Size, uint? Age,
    TimeSpan Duration, IPAddress? Client)
{
    public static AskedQuestion Of(
        DateTimeOffset at, Query query, Answer answer, string proto, int size, TimeSpan duration, IPAddress? client) => new(
        at, query.NameAsAsked.ToArray(), query.Type,
        answer.Rcode, answer.Source, query.View.Namespace, proto, size, answer.Age, duration, client);
}
