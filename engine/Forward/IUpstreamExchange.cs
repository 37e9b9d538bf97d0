namespace KubeDoH.Engine.Forward;

/// <summary>One way to ask a server (a transport). What goes wrong is a value of the reply, never an exception.</summary>
internal interface IUpstreamExchange
{
    /// <summary>Asks once and waits for the reply.</summary>
    /// <param name="cancellationToken">Ends the try, which then has timed out.</param>
    ValueTask<UpstreamReply> AskAsync(UpstreamServer server, UpstreamQuestion question, CancellationToken cancellationToken);
}

/// <summary>Why a server gave no reply.</summary>
internal enum UpstreamFailure : byte
{
    None,

    /// <summary>Nothing that answers the question came in time.</summary>
    TimedOut,

    /// <summary>Refused, reset, unreachable, or closed before the reply was whole.</summary>
    NetworkError,

    /// <summary>A reply came on a connection and is not one to the question.</summary>
    Malformed,
}

/// <summary>A whole reply message whose id and question were verified, or why there is none.</summary>
internal readonly record struct UpstreamReply(UpstreamFailure Failure, byte[] Message)
{
    public UpstreamReply(UpstreamFailure failure)
        : this(failure, [])
    {
    }

    /// <summary>The reply of a message; malformed where that is empty.</summary>
    public static UpstreamReply Of(byte[] message) => new(message.Length == 0 ? UpstreamFailure.Malformed : UpstreamFailure.None, message);
}
