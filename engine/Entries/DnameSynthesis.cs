using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Entries;

/// <summary>The answer for a name below a DNAME: the DNAME and the CNAME that it stands for (RFC 6672 2.2, 3.1).</summary>
internal static class DnameSynthesis
{
    /// <summary>YXDOMAIN (RFC 2136 2.2): the name that comes out is longer than a name may be (RFC 6672 2.2).</summary>
    private const Rcode TooLongName = (Rcode)6;

    public static Answer Answer(string source, Query query, ReadOnlySpan<byte> owner, RRset dname)
    {
        AnswerBuilder builder = AnswerBuilder.For(query.Name, query.Type);
        builder.Add(Section.Answer, owner, RecordType.DNAME, dname.Ttl, dname.Data[0]);
        Span<byte> target = stackalloc byte[WireName.MaxLength];
        ReadOnlySpan<byte> prefix = query.Name[..(query.Name.Length - owner.Length + 1)];
        if (!WireName.TryAppend(prefix, dname.Data[0], target, out int length)) return builder.Finish(source, TooLongName);
        builder.Add(Section.Answer, [], RecordType.CNAME, dname.Ttl, target[..length]);
        return builder.Finish(source);
    }
}
