using System.Diagnostics.CodeAnalysis;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Forward;

/// <summary>
/// Asks the servers of a rule one after the other, as resolv.conf(5) has it. NOERROR and NXDOMAIN are final; anything else and
/// silence lead to the next server. A server that was silent is asked once more while there is time: the datagram may have been lost.
/// </summary>
/// <param name="source">What stands as source of the answers.</param>
/// <param name="timeout">For one try; less where the deadline would leave a server unasked.</param>
/// <param name="deadline">For all tries together.</param>
internal sealed class SequentialPolicy(string source, IUpstreamExchange exchange, TimeSpan timeout, TimeSpan deadline, TimeProvider time)
{
    private const int Rounds = 2;

    /// <summary>The first final answer, or the SERVFAIL that says how every server failed.</summary>
    public async ValueTask<Answer> AskAsync(
        IReadOnlyList<UpstreamServer> servers, UpstreamQuestion question, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        var failures = new List<string>();
        bool onlyNetwork = true;
        for (int round = 0; round < Rounds && servers.Count > 0; round++)
        {
            var silent = new List<UpstreamServer>();
            for (int i = 0; i < servers.Count; i++)
            {
                TimeSpan left = deadline - time.GetElapsedTime(start);
                if (left <= TimeSpan.Zero) break;
                TimeSpan share = left / (servers.Count - i);
                TimeSpan limit = share < timeout ? share : timeout;
                UpstreamReply reply = await TryAsync(servers[i], question, limit, cancellationToken).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                if (TryAccept(servers[i], question, reply, out Answer? answer, out string? failure)) return answer;
                if (!failures.Contains(failure)) failures.Add(failure);
                onlyNetwork &= reply.Failure == UpstreamFailure.NetworkError;
                if (reply.Failure == UpstreamFailure.TimedOut) silent.Add(servers[i]);
            }

            servers = silent;
        }

        return LocalAnswers.Failure(
            source,
            Rcode.ServFail,
            onlyNetwork ? ExtendedErrorCode.NetworkError : ExtendedErrorCode.NoReachableAuthority,
            $"every upstream failed: {string.Join(", ", failures)}");
    }

    private async ValueTask<UpstreamReply> TryAsync(
        UpstreamServer server, UpstreamQuestion question, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        return await exchange.AskAsync(server, question, either.Token).ConfigureAwait(false);
    }

    /// <summary>Takes a final reply; else says in a few words, without an address, why it is none.</summary>
    private bool TryAccept(
        UpstreamServer server,
        UpstreamQuestion question,
        UpstreamReply reply,
        [NotNullWhen(true)] out Answer? answer,
        [NotNullWhen(false)] out string? failure)
    {
        answer = null;
        failure = reply.Failure switch
        {
            UpstreamFailure.TimedOut => "timed out",
            UpstreamFailure.NetworkError => "network error",
            UpstreamFailure.Malformed => "malformed reply",
            _ => null,
        };
        if (failure is not null) return false;

        if (ReplyMessage.TryRead(reply.Message, question, out ReplyMessage? message) != WireError.None) failure = "malformed reply";
        else if (message!.Rcode is not (Rcode.NoError or Rcode.NxDomain)) failure = RcodeText.Write(message.Rcode);
        else if (message.IsReferral) failure = "referral";
        else if ((answer = ReplyAnswer.Read(source, question, message, server.Trusted)) is null) failure = "reply to another question";
        return failure is null;
    }
}
