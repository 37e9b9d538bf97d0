using KubeDoH.Engine.Forward.Upstreams;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Forward;

public class QuestionRoomTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(4, 1)]
    [InlineData(5, 2)]
    [InlineData(1000, 250)]
    public async Task Queue_is_a_quarter_of_the_places_rounded_up(int places, int longest)
    {
        var room = new QuestionRoom(places, _time);
        for (int i = 0; i < places; i++) Assert.True(room.TryEnter());
        Assert.False(room.TryEnter());

        Task<bool>[] queue = [.. Enumerable.Range(0, longest).Select(_ => EnterAsync(room))];
        Assert.All(queue, waiting => Assert.False(waiting.IsCompleted));
        Assert.False(await EnterAsync(room));

        if (longest == 0) return;
        room.Leave();
        Assert.True(await queue[0]);
        _time.Advance(QuestionRoom.Patience);
        Assert.All(await Task.WhenAll(queue[1..]), Assert.False);
    }

    private static Task<bool> EnterAsync(QuestionRoom room) => room.EnterAsync(TestContext.Current.CancellationToken).AsTask();
}
