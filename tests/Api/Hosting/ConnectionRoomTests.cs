using System.Net;
using KubeDoH.Api.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Api.Hosting;

/// <summary>Who gives way where there is no more room.</summary>
public sealed class ConnectionRoomTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly TaskCompletionSource _end = new();

    [Fact]
    public void Room_that_is_not_full_keeps_everybody()
    {
        var room = new ConnectionRoom(3);

        Visitor[] visitors = [Enter(room), Enter(room), Enter(room)];

        Assert.DoesNotContain(visitors, visitor => visitor.IsSentAway);
    }

    [Fact]
    public void Full_room_sends_away_who_never_asked_before_who_is_quiet()
    {
        var room = new ConnectionRoom(3);
        Visitor early = Enter(room), late = Enter(room), silent = Enter(room);
        early.Ask();
        _clock.Advance(TimeSpan.FromSeconds(1));
        late.Ask();
        _clock.Advance(TimeSpan.FromSeconds(1));

        Visitor newcomer = Enter(room);
        Assert.Equal([false, false, true, false], [early.IsSentAway, late.IsSentAway, silent.IsSentAway, newcomer.IsSentAway]);
        newcomer.Ask();
        silent.Go();
        Visitor next = Enter(room);

        Assert.Equal([true, false, false, false], [early.IsSentAway, late.IsSentAway, newcomer.IsSentAway, next.IsSentAway]);
    }

    [Fact]
    public async Task Who_leaves_makes_room()
    {
        var room = new ConnectionRoom(1);
        Visitor first = Enter(room);
        _end.SetResult();
        await first.Stay;

        Enter(room);

        Assert.False(first.IsSentAway);
    }

    private Visitor Enter(ConnectionRoom room)
    {
        var connection = new Visitor();
        var served = new ServedConnection(new ServedListener("http://127.0.0.1:8053", ListenerRole.Shared), connection, _clock);
        connection.Features.Set(served);
        Assert.True(room.AcceptAsync(new Visitors(connection), TestContext.Current.CancellationToken).AsTask().IsCompletedSuccessfully);
        connection.Stay = room.HoldAsync(served, connection, _ => Task.WhenAny(_end.Task, connection.Gone));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        return connection;
    }

    /// <summary>Those sent away are at the door for as long as they have not gone, and no more than a few at once.</summary>
    [Fact]
    public async Task Newcomers_wait_until_those_sent_away_have_gone()
    {
        var room = new ConnectionRoom(1);
        Visitor first = Enter(room);
        Enter(room);

        Task<ConnectionContext?> waiting = room.AcceptAsync(new Visitors(new Visitor()), TestContext.Current.CancellationToken).AsTask();
        Assert.True(first.IsSentAway);
        Assert.False(waiting.IsCompleted);
        _end.SetResult();

        Assert.NotNull(await waiting);
    }

    /// <summary>Where one connection comes.</summary>
    private sealed class Visitors(Visitor visitor) : IConnectionListener
    {
        public EndPoint EndPoint => new IPEndPoint(IPAddress.Loopback, 0);

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => new(visitor);

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => default;

        public ValueTask DisposeAsync() => default;
    }

    /// <summary>A connection that knows whether it was aborted.</summary>
    private sealed class Visitor : DefaultConnectionContext
    {
        private readonly TaskCompletionSource _gone = new();

        public Task Gone => _gone.Task;

        public bool IsSentAway { get; private set; }

        public Task Stay { get; set; } = Task.CompletedTask;

        public override void Abort(ConnectionAbortedException abortReason) => IsSentAway = true;

        /// <summary>Ends the connection, as those who are sent away soon do.</summary>
        public void Go() => _gone.SetResult();

        public void Ask() => ServedConnection.NoteRequestAsync(new DefaultHttpContext(Features), _ => Task.CompletedTask);
    }
}
