using System.Net.Sockets;
using KubeDoH.Engine.Resolution;

namespace KubeDoH.Tests.Listeners;

/// <summary>Holds the thread that asks, as if it were given no processor, and looks at a socket behind it.</summary>
internal sealed class StuckResolver(SafeSocketHandle socket) : IResolver
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly Answer Nothing = AnswerBuilder.Portable().Finish("test");

    private readonly TaskCompletionSource _stuck = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _released;

    /// <summary>Completed when a thread is held.</summary>
    public Task Stuck => _stuck.Task.WaitAsync(Patience);

    /// <summary>The socket was closed while the thread was held.</summary>
    public bool WasClosed { get; private set; }

    public void ReleaseWhenDisposed(Socket disposed)
    {
        SpinWait.SpinUntil(() => IsDisposed(disposed), Patience);
        _released = true;
    }

    public ValueTask<Answer> ResolveAsync(Query query, CancellationToken cancellationToken)
    {
        _stuck.TrySetResult();
        SpinWait.SpinUntil(() => _released, Patience);
        WasClosed = socket.IsClosed;
        return new ValueTask<Answer>(Nothing);
    }

    private static bool IsDisposed(Socket socket)
    {
        try
        {
            return socket.Available < 0;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }
}
