using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Forward.Upstreams;

/// <summary>How a try at a server ended.</summary>
internal enum TryOutcome : byte
{
    Answered,
    ServFail,
    Refused,
    Useless,
    TimedOut,
    Overtaken,
    NetworkError,
    Malformed,
}

/// <summary>What a reply is worth: NOERROR and NXDOMAIN are final, anything else leads to the next server.</summary>
/// <param name="Answer">The final answer; null when there is none.</param>
/// <param name="Failure">Why not, in a few words and without an address.</param>
internal readonly record struct TryVerdict(TryOutcome Outcome, Answer? Answer, string Failure)
{
    /// <summary>The server is at fault whatever the name was.</summary>
    public bool IsServersFault => Outcome is TryOutcome.TimedOut or TryOutcome.NetworkError or TryOutcome.Malformed;

    /// <summary>The failure of a server that another was faster than.</summary>
    public const string OvertakenText = "slower than another server";

    public static readonly TryVerdict TimedOut = new(TryOutcome.TimedOut, null, "timed out");

    private static readonly TryVerdict Malformed = new(TryOutcome.Malformed, null, "malformed reply");

    public static TryVerdict Of(string source, UpstreamServer server, UpstreamQuestion question, UpstreamReply reply)
    {
        switch (reply.Failure)
        {
            case UpstreamFailure.TimedOut: return TimedOut;
            case UpstreamFailure.NetworkError: return new TryVerdict(TryOutcome.NetworkError, null, "network error");
            case UpstreamFailure.Malformed: return Malformed;
        }

        if (ReplyMessage.TryRead(reply.Message, question, out ReplyMessage? message) != WireError.None) return Malformed;
        switch (message!.Rcode)
        {
            case Rcode.NoError or Rcode.NxDomain: break;
            case Rcode.ServFail: return new TryVerdict(TryOutcome.ServFail, null, RcodeText.Write(message.Rcode));
            case Rcode.Refused: return new TryVerdict(TryOutcome.Refused, null, RcodeText.Write(message.Rcode));
            default: return new TryVerdict(TryOutcome.Useless, null, RcodeText.Write(message.Rcode));
        }

        if (message.IsReferral) return new TryVerdict(TryOutcome.Useless, null, "referral");
        Answer? answer = ReplyAnswer.Read(source, question, message, server.Trusted);
        return answer is null
            ? new TryVerdict(TryOutcome.Useless, null, "reply to another question")
            : new TryVerdict(TryOutcome.Answered, answer, "");
    }
}
