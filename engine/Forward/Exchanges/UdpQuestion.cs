using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Tasks.Sources;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Forward.Exchanges;

/// <summary>
/// A question in a datagram, and the wait for its reply, without a state machine. Whoever takes it off its port ends it or sends it anew.
/// </summary>
internal sealed class UdpQuestion(UdpPorts ports, UpstreamServer server, UpstreamQuestion question, bool edns, UdpFurther further)
    : IValueTaskSource<UpstreamReply>
{
    private ManualResetValueTaskSourceCore<UpstreamReply> _reply = new() { RunContinuationsAsynchronously = true };
    private CancellationToken _cancellation;
    private CancellationTokenRegistration _end;
    private bool _mixedCase;
    private byte[] _sent = [];
    private UdpPort? _port;
    private int _place;
    private int _givenUp;

    public ushort Id => BinaryPrimitives.ReadUInt16BigEndian(_sent);

    public ReadOnlySpan<byte> Sent => _sent;

    /// <summary>Sends it. Awaited once.</summary>
    /// <param name="cancellationToken">Ends the wait, which then has timed out.</param>
    public ValueTask<UpstreamReply> AskAsync(CancellationToken cancellationToken)
    {
        _cancellation = cancellationToken;
        ports.Sender.Began();
        _end = cancellationToken.UnsafeRegister(static question => ((UdpQuestion)question!).GiveUp(), this);
        Send(ports.NameCase.IsKept);
        return new ValueTask<UpstreamReply>(this, _reply.Version);
    }

    /// <summary>Notes where it leaves from.</summary>
    public void LeavesFrom(UdpPort port, int place) => (_port, _place) = (port, place);

    /// <summary>The port that it leaves from.</summary>
    public UdpPort Port => _port!;

    /// <summary>Sends it.</summary>
    public void SendNow() => Port.Send(this, _place);

    /// <summary>Has it leave with others; true where the port is to be told when.</summary>
    public bool SendLater() => Port.SendLater(_place);

    /// <summary>How well a datagram answers. Where the name was sent in lower case, another case is that of another question.</summary>
    public ReplyMatch Match(ReadOnlySpan<byte> datagram)
    {
        ReplyMatch match = QuestionMessage.Match(datagram, _sent, question, edns);
        return match == ReplyMatch.OtherCase && !_mixedCase ? ReplyMatch.None : match;
    }

    /// <summary>Takes a datagram that matches. On the receiver's thread: what follows runs elsewhere.</summary>
    public void Answer(ReadOnlySpan<byte> datagram, ReplyMatch match)
    {
        if (match == ReplyMatch.OtherCase)
        {
            ports.NameCase.Changed();
            Send(mixedCase: false);
            return;
        }

        if (_mixedCase) ports.NameCase.Kept();
        byte[] message = datagram.ToArray();
        QuestionMessage.LowerCase(message, question);
        var reply = new UpstreamReply(UpstreamFailure.None, message);
        if (IsLastWord(message)) End(reply);
        else _ = GoFurtherAsync(reply);
    }

    public void Fail(UpstreamFailure failure) => End(new UpstreamReply(failure));

    private void Send(bool mixedCase)
    {
        Span<byte> message = stackalloc byte[UpstreamQuestion.MaxSize];
        _mixedCase = mixedCase;
        _sent = message[..QuestionMessage.Write(message, question, edns, mixedCase)].ToArray();
        if (!ports.TrySend(this)) Fail(UpstreamFailure.NetworkError);
        else if (Interlocked.CompareExchange(ref _givenUp, 0, 0) != 0) TakeOff();
    }

    /// <summary>Where it is between two ports, <see cref="Send"/> sees that it was given up.</summary>
    private void GiveUp()
    {
        Interlocked.Exchange(ref _givenUp, 1);
        TakeOff();
    }

    /// <summary>Ends the wait, unless the reply is just being read.</summary>
    private void TakeOff()
    {
        if (Volatile.Read(ref _port)?.TryRemove(this, _place) == true) Fail(UpstreamFailure.TimedOut);
    }

    private bool IsLastWord(ReadOnlySpan<byte> message) =>
        !MessageHeader.Read(message).Has(MessageHeader.Truncated) && !(edns && QuestionMessage.RefusesEdns(message));

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whoever awaits the reply gets it.")]
    private async Task GoFurtherAsync(UpstreamReply reply)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            End(await further(server, question, edns, reply, _cancellation).ConfigureAwait(false));
        }
        catch (Exception bug)
        {
            ports.Sender.Ended();
            _reply.SetException(bug);
        }
    }

    private void End(UpstreamReply reply)
    {
        _end.Unregister();
        ports.Sender.Ended();
        _reply.SetResult(reply);
    }

    UpstreamReply IValueTaskSource<UpstreamReply>.GetResult(short token) => _reply.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<UpstreamReply>.GetStatus(short token) => _reply.GetStatus(token);

    void IValueTaskSource<UpstreamReply>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _reply.OnCompleted(continuation, state, token, flags);
}
