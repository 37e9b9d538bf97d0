using System.Net.Sockets;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Listeners;

/// <summary>Answers names below <c>held</c> when it is told to, and every other name at once, with one address.</summary>
#pragma warning disable CA1001 // A semaphore without a wait handle holds nothing.
internal sealed class HeldResolver : IResolver
#pragma warning restore CA1001
{
    private static readonly DnsName Held = DnsName.Parse("held");

    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _arrivals = new(0);
    private readonly Answer _answer = NewAnswer();

    public void Release() => _released.TrySetResult();

    /// <summary>Waits until so many more questions are held.</summary>
    public async Task HoldingAsync(int count)
    {
        for (int i = 0; i < count; i++)
            Assert.True(await _arrivals.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
    }

    /// <summary>Asks a question that is held and then another, and has the first answered last: the replies' ids as they come.</summary>
    public async Task<int[]> HoldOneOfTwoAsync(Socket socket)
    {
        await socket.SendAsync(ClassicClient.Question("a.held", id: 1), TestContext.Current.CancellationToken);
        await HoldingAsync(1);
        await socket.SendAsync(ClassicClient.Question("b.example", id: 2), TestContext.Current.CancellationToken);
        byte[] first = await ClassicClient.ReceiveAsync(socket);
        Release();
        byte[] second = await ClassicClient.ReceiveAsync(socket);
        return [MessageHeader.Read(first).Id, MessageHeader.Read(second).Id];
    }

    public ValueTask<Answer> ResolveAsync(Query query, CancellationToken cancellationToken) =>
        WireName.IsAtOrBelow(query.Name, Held.Span) ? HoldAsync(cancellationToken) : new ValueTask<Answer>(_answer);

    private async ValueTask<Answer> HoldAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _arrivals.Release();
        await _released.Task.WaitAsync(cancellationToken);
        return _answer;
    }

    private static Answer NewAnswer()
    {
        AnswerBuilder builder = AnswerBuilder.Portable(RecordType.A);
        builder.Add(Section.Answer, [], RecordType.A, 30, [192, 0, 2, 1]);
        return builder.Finish("test");
    }
}
