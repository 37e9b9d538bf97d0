using System.Buffers.Binary;
using System.Threading.Tasks.Sources;

namespace KubeDoH.Engine.Forward.Exchanges;

/// <summary>How the wait for a datagram ended.</summary>
/// <param name="Match">None where no reply came.</param>
internal readonly record struct UdpReply(ReplyMatch Match, UpstreamReply Reply);

/// <summary>A question in a datagram, and the wait for its reply. Whoever takes it off its port ends it, once.</summary>
internal sealed class UdpQuestion : IValueTaskSource<UdpReply>
{
    private readonly UpstreamQuestion _question;
    private readonly bool _edns, _mixedCase;
    private readonly byte[] _sent;
    private ManualResetValueTaskSourceCore<UdpReply> _reply = new() { RunContinuationsAsynchronously = true };
    private UdpPort? _port;
    private int _place;

    public UdpQuestion(UpstreamQuestion question, bool edns, bool mixedCase)
    {
        (_question, _edns, _mixedCase) = (question, edns, mixedCase);
        Span<byte> message = stackalloc byte[UpstreamQuestion.MaxSize];
        _sent = message[..QuestionMessage.Write(message, question, edns, mixedCase)].ToArray();
    }

    public ushort Id => BinaryPrimitives.ReadUInt16BigEndian(_sent);

    public ReadOnlySpan<byte> Sent => _sent;

    /// <summary>Awaited once.</summary>
    public ValueTask<UdpReply> Reply => new(this, _reply.Version);

    /// <summary>Notes where it leaves from.</summary>
    public void LeavesFrom(UdpPort port, int place) => (_port, _place) = (port, place);

    /// <summary>How well a datagram answers. Where the name was sent in lower case, another case is that of another question.</summary>
    public ReplyMatch Match(ReadOnlySpan<byte> datagram)
    {
        ReplyMatch match = QuestionMessage.Match(datagram, _sent, _question, _edns);
        return match == ReplyMatch.OtherCase && !_mixedCase ? ReplyMatch.None : match;
    }

    /// <summary>Ends the wait with a datagram that matches.</summary>
    public void Answer(ReadOnlySpan<byte> datagram, ReplyMatch match)
    {
        byte[] message = [];
        if (match == ReplyMatch.Exact)
        {
            message = datagram.ToArray();
            QuestionMessage.LowerCase(message, _question);
        }

        _reply.SetResult(new UdpReply(match, new UpstreamReply(UpstreamFailure.None, message)));
    }

    public void Fail(UpstreamFailure failure) => _reply.SetResult(new UdpReply(ReplyMatch.None, new UpstreamReply(failure)));

    /// <summary>Ends the wait, unless the reply is just being read.</summary>
    public void GiveUp()
    {
        if (_port!.TryRemove(this, _place)) Fail(UpstreamFailure.TimedOut);
    }

    UdpReply IValueTaskSource<UdpReply>.GetResult(short token) => _reply.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<UdpReply>.GetStatus(short token) => _reply.GetStatus(token);

    void IValueTaskSource<UdpReply>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _reply.OnCompleted(continuation, state, token, flags);
}
