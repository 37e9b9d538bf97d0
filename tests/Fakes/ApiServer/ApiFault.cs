using System.Text;
using System.Threading.Channels;

namespace KubeDoH.Tests.Fakes.ApiServer;

/// <summary>What the server does instead of, or while, doing what it was asked.</summary>
internal enum ApiFaultKind
{
    /// <summary>Nothing: all goes well.</summary>
    None,

    /// <summary>Answers with a failure. In a watch: an ERROR event, then the end.</summary>
    Status,

    /// <summary>Closes the connection. At an event: before it.</summary>
    Cut,

    /// <summary>Closes the connection in the middle of the body, or of the event's line.</summary>
    CutMidway,

    /// <summary>Waits at the gate, then goes on.</summary>
    Hold,

    /// <summary>Sends one octet at a time, each let through by the gate.</summary>
    Drip,

    /// <summary>Sends no octet any more and keeps the connection.</summary>
    Silent,

    /// <summary>Sends the text: as the body of a list, or as a line of its own before the event.</summary>
    Garbage,

    /// <summary>Ends a watch as a timeout does.</summary>
    End,

    /// <summary>Sends a bookmark of what has been sent or passed over so far.</summary>
    Bookmark,
}

/// <summary>One fault, scripted at a request or an event.</summary>
internal sealed record ApiFault(ApiFaultKind Kind)
{
    public static readonly ApiFault None = new(ApiFaultKind.None);
    public static readonly ApiFault Cut = new(ApiFaultKind.Cut);
    public static readonly ApiFault CutMidway = new(ApiFaultKind.CutMidway);
    public static readonly ApiFault Silent = new(ApiFaultKind.Silent);
    public static readonly ApiFault End = new(ApiFaultKind.End);
    public static readonly ApiFault Bookmark = new(ApiFaultKind.Bookmark);
    public static readonly ApiFault Gone = Fail(410);

    public int Code { get; private init; }

    /// <summary>Seconds; null sends no header.</summary>
    public int? RetryAfter { get; private init; }

    public byte[] Text { get; private init; } = [];

    public ApiGate Gate { get; private init; } = ApiGate.Open;

    public static ApiFault Fail(int code, int? retryAfter = null) => new(ApiFaultKind.Status) { Code = code, RetryAfter = retryAfter };

    public static ApiFault Garbage(string text) => new(ApiFaultKind.Garbage) { Text = Encoding.UTF8.GetBytes(text) };

    public static ApiFault Hold(ApiGate gate) => new(ApiFaultKind.Hold) { Gate = gate };

    /// <summary>One octet at a time; without a gate as fast as they go.</summary>
    public static ApiFault Drip(ApiGate? gate = null) => new(ApiFaultKind.Drip) { Gate = gate ?? ApiGate.Open };
}

/// <summary>Where the server waits until the test lets it go on.</summary>
internal sealed class ApiGate(bool isOpen = false)
{
    public static readonly ApiGate Open = new(isOpen: true);

    private readonly Channel<bool> _passes = Channel.CreateUnbounded<bool>();
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the server waits here for the first time.</summary>
    public Task Reached => _reached.Task;

    /// <summary>Lets so many through.</summary>
    public void Pass(int count = 1)
    {
        for (int passed = 0; passed < count; passed++) _passes.Writer.TryWrite(true);
    }

    /// <summary>Lets all through from now on.</summary>
    public void OpenUp() => _passes.Writer.TryComplete();

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (isOpen) return;
        _reached.TrySetResult();
        if (await _passes.Reader.WaitToReadAsync(cancellationToken)) _passes.Reader.TryRead(out _);
    }
}
