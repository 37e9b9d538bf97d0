using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Cluster;

/// <summary>
/// The first labels of pods' names, read as addresses, with the answers that hold them; each is made when it is first asked for. A label
/// can be any address, so there is a fixed number of places, and the newest of a place stays.
/// </summary>
/// <param name="ttl">Seconds.</param>
internal sealed class PodNames(string source, uint ttl)
{
    public const int Places = 256;

    private readonly PodName?[] _kept = new PodName?[Places];

    /// <summary>Null for a label that is no address.</summary>
    /// <param name="label">Lower case.</param>
    public PodName? Of(ReadOnlySpan<byte> label)
    {
        ref PodName? place = ref _kept[(uint)DnsNameComparer.Hash(label) % Places];
        if (Volatile.Read(ref place) is { } kept && label.SequenceEqual(kept.Label)) return kept;
        if (!DashedAddress.TryRead(label, out AddressKey address)) return null;
        RecordType type = address.IsV6 ? RecordType.AAAA : RecordType.A;
        AnswerBuilder builder = AnswerBuilder.Portable(type);
        builder.Add(Section.Answer, [], type, ttl, address.ToData());
        var made = new PodName(label.ToArray(), address, type, builder.Finish(source));
        Volatile.Write(ref place, made);
        return made;
    }
}

/// <summary>A label that is an address, and the answer of its one type.</summary>
internal sealed record PodName(byte[] Label, AddressKey Address, RecordType Type, Answer Answer);
