using System.Collections.Concurrent;

namespace KubeDoH.Engine.Forward.Exchanges;

/// <summary>
/// Sends datagrams: at once where no other reply is awaited; else behind what the thread pool has to do before, so that the questions that
/// come meanwhile leave together. A server that is sent one at a time falls asleep between them, and waking it costs the sender more than
/// all the rest of sending.
/// </summary>
internal sealed class UdpSender : IThreadPoolWorkItem
{
    private readonly ConcurrentQueue<UdpPort> _ports = new();
    private readonly UdpBatch _batch = new(UdpPort.MostQuestions, UpstreamQuestion.MaxSize);
    private int _due, _isSet;

    /// <summary>A question begins to wait for its reply.</summary>
    public void Began() => Interlocked.Increment(ref _due);

    /// <summary>It has ended.</summary>
    public void Ended() => Interlocked.Decrement(ref _due);

    /// <summary>Sends a question that has its port, and has begun to wait.</summary>
    public void Send(UdpQuestion question)
    {
        if (Volatile.Read(ref _due) <= 1)
        {
            question.SendNow();
            return;
        }

        if (question.SendLater()) _ports.Enqueue(question.Port);
        if (Interlocked.Exchange(ref _isSet, 1) == 0) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        do
        {
            while (_ports.TryDequeue(out UdpPort? port)) port.SendUnsent(_batch);
            Interlocked.Exchange(ref _isSet, 0);
        }
        while (!_ports.IsEmpty && Interlocked.Exchange(ref _isSet, 1) == 0);
    }
}
