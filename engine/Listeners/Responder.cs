using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using Microsoft.Extensions.Logging;

namespace KubeDoH.Engine.Listeners;

/// <summary>
/// From where the questions of a listener are seen: sets the query's view, or gives the answer in its stead where there is none.
/// </summary>
public delegate Answer? ViewChoice(Query query);

/// <summary>
/// Is told of a question that a listener answered. It is called before the reply leaves, and must keep nothing of the query.
/// </summary>
/// <param name="size">Octets of the reply.</param>
public delegate void ReplyReport(Query query, Answer answer, ClientEndPoint client, int size, TimeSpan duration);

/// <summary>What is to be done with a message that came in.</summary>
internal enum MessageVerdict
{
    /// <summary>It is a question.</summary>
    Ask,

    /// <summary>It is worth its own header with a response code.</summary>
    Header,

    /// <summary>
    /// It must not be answered: a response, or shorter than a header (RFC 1035 7.3: two servers would answer each other for good).
    /// </summary>
    Ignore,
}

/// <summary>
/// What a listener does with a message, whatever it came over: reads it, has it resolved, and never lets an exception out.
/// </summary>
/// <param name="report">Null where nobody is told.</param>
internal sealed partial class Responder(
    IResolver resolver, ViewChoice? view, ILogger logger, TimeProvider? time = null, ReplyReport? report = null)
{
    private const string Source = "listener";

    private static readonly Answer InternalError =
        LocalAnswers.Failure(Source, Rcode.ServFail, ExtendedErrorCode.Other, "internal error");

    private static readonly Answer GivenUp =
        LocalAnswers.Failure(Source, Rcode.ServFail, ExtendedErrorCode.Other, "too many questions wait for an answer");

    /// <summary>Reads a message into <paramref name="query"/>; for <see cref="MessageVerdict.Header"/> the response code.</summary>
    public static MessageVerdict Read(ReadOnlySpan<byte> message, Query query, out Rcode rcode)
    {
        WireError error = query.TryParse(message);
        rcode = error == WireError.UnsupportedOpcode ? Rcode.NotImp : Rcode.FormErr;
        return error switch
        {
            WireError.None => MessageVerdict.Ask,
            WireError.TooShort or WireError.NotAQuestion => MessageVerdict.Ignore,
            _ => MessageVerdict.Header,
        };
    }

    /// <summary>Writes the reply that is a header only; returns its octets.</summary>
    public static int WriteHeader(Span<byte> reply, ReadOnlySpan<byte> message, Rcode rcode)
    {
        MessageHeader header = MessageHeader.Read(message);
        MessageHeader.Reply(header.Id, header.Flags, rcode).Write(reply);
        return MessageHeader.Size;
    }

    /// <summary>The answer, at once where it is known here. A cancelled question is one that there was no room for.</summary>
    public ValueTask<Answer> AskAsync(Query query, CancellationToken cancellationToken)
    {
        try
        {
            if (view?.Invoke(query) is { } instead) return new ValueTask<Answer>(instead);
            ValueTask<Answer> pending = resolver.ResolveAsync(query, cancellationToken);
            return pending.IsCompletedSuccessfully ? pending : SettleAsync(pending, cancellationToken);
        }
        catch (Exception e)
        {
            return new ValueTask<Answer>(Failed(e, cancellationToken));
        }
    }

    /// <summary>A timestamp for <see cref="Answered"/>; 0 where nobody is told.</summary>
    public long Begin() => report is null ? 0 : time!.GetTimestamp();

    /// <summary>Tells of a question that was answered, if anybody is told.</summary>
    public void Answered(Query query, Answer answer, ClientEndPoint client, int size, long startedAt) =>
        report?.Invoke(query, answer, client, size, time!.GetElapsedTime(startedAt));

    private async ValueTask<Answer> SettleAsync(ValueTask<Answer> pending, CancellationToken cancellationToken)
    {
        try
        {
            return await pending.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            return Failed(e, cancellationToken);
        }
    }

    private Answer Failed(Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && cancellationToken.IsCancellationRequested) return GivenUp;
        Log.ResolutionFailed(logger, exception);
        return InternalError;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "A question was answered SERVFAIL because of a bug")]
        public static partial void ResolutionFailed(ILogger logger, Exception exception);
    }
}
