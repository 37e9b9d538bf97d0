using System.Net.Sockets;
using System.Text;
using KubeDoH.Api.Entries;
using KubeDoH.Engine.Entries;
using Microsoft.Extensions.DependencyInjection;

namespace KubeDoH.Tests.Api.Entries;

/// <summary>Changes as server-sent events: from a revision on, over breaks, to slow readers, until the server stops.</summary>
public sealed class EntryEventsTests : IAsyncLifetime
{
    private const string Path = "/api/v1/entry-events";
    private const int HistoryLimit = 50;

    private EntryHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await EntryHost.StartAsync(open: time => new MemoryEntryStore(time, HistoryLimit));

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Follower_is_told_of_what_happens_from_now_on()
    {
        await PutAsync("before.example", 1);
        using EventReader events = await EventReader.OpenAsync(_host.Client);
        string[] start = await events.NextAsync(1);
        await PutAsync("a.example", 1);
        await PutAsync("a.example", 2);
        await _host.SendAsync("DELETE", "/a.example/A");

        Assert.Equal("text/event-stream", events.MediaType);
        Assert.Equal(["#1"], start);
        Assert.Equal(
            ["created a.example. 192.0.2.1 #2", "replaced a.example. 192.0.2.2 #3", "deleted a.example. #4"], await events.NextAsync(3));
    }

    [Fact]
    public async Task Event_says_what_the_history_says()
    {
        using EventReader events = await EventReader.OpenAsync(_host.Client);
        await events.NextAsync(1);
        await PutAsync("a.example", 1);

        string data = (await events.NextAsync())!.Data!;
        string line = (await _host.SendAsync("GET", "/api/v1/entry-history")).Json.GetProperty("changes")[0].GetRawText();

        Assert.Equal("{\"id\":1," + data[1..], line);
    }

    [Theory]
    [InlineData("?after=1", null, 1)]
    [InlineData("", 2L, 2)]
    [InlineData("?after=1", 2L, 2)]
    [InlineData("", 0L, 0)]
    public async Task Follower_that_says_what_it_has_seen_is_told_of_the_rest(string query, long? lastEventId, int seen)
    {
        for (int i = 1; i <= 4; i++) await PutAsync("a.example", i);
        using EventReader events = await EventReader.OpenAsync(_host.Client, query, lastEventId);

        IEnumerable<string> rest = Enumerable.Range(seen + 1, 4 - seen)
            .Select(i => $"{(i == 1 ? "created" : "replaced")} a.example. 192.0.2.{i} #{i}");
        string[] expected = [$"#{seen}", .. rest];
        Assert.Equal(expected, await events.NextAsync(expected.Length));
    }

    /// <summary>Only its last event carries the id: who breaks off within a batch and comes back gets all of it again.</summary>
    [Fact]
    public async Task Batch_has_its_id_on_its_last_event()
    {
        using EventReader events = await EventReader.OpenAsync(_host.Client);
        await events.NextAsync(1);
        await BatchAsync("a.example", "b.example", "c.example");

        Assert.Equal(
            ["created a.example. 192.0.2.1", "created b.example. 192.0.2.1", "created c.example. 192.0.2.1 #1"], await events.NextAsync(3));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("900")]
    public async Task Revision_that_is_too_old_or_of_another_store_is_410(string revision)
    {
        for (int i = 0; i < HistoryLimit + 5; i++) await PutAsync("a.example", i);

        Reply reply = await _host.SendAsync("GET", Path, null, ("Last-Event-ID", revision));

        Assert.Equal((410, "events-gone"), (reply.Status, reply.Problem));
    }

    [Theory]
    [InlineData("?after=x")]
    [InlineData("?after=-1")]
    [InlineData("?since=1")]
    public async Task Parameter_that_is_none_is_400(string query) =>
        Assert.Equal(
            (400, "bad-parameter"), ((await _host.SendAsync("GET", Path + query)) is var reply ? (reply.Status, reply.Problem) : default));

    [Fact]
    public async Task Quiet_stream_shows_that_it_is_alive()
    {
        using EventReader events = await EventReader.OpenAsync(_host.Client);
        await events.NextAsync(1);
        Task<string[]> coming = events.NextAsync(2);
        while (!coming.IsCompleted)
        {
            _host.Time.Advance(EventStream.Heartbeat);
            await Task.Yield();
        }

        Assert.Equal([":", ":"], await coming);
        await PutAsync("a.example", 1);
        SentEvent? next;
        do next = await events.NextAsync();
        while (next?.Comment is not null);
        Assert.Equal("created a.example. 192.0.2.1 #1", next?.ToString());
    }

    [Fact]
    public async Task Stream_ends_when_the_server_stops()
    {
        using EventReader events = await EventReader.OpenAsync(_host.Client);
        await events.NextAsync(1);

        Task stopping = _host.StopAsync();

        Assert.Null(await events.NextAsync());
        await stopping.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    /// <summary>
    /// A follower that takes nothing holds up no writer and no other follower. What it finds later is in order and has an end: the
    /// stream's, as the history went on without it, or that of its connection, as Kestrel keeps nobody who takes nothing for long.
    /// </summary>
    [Fact]
    public async Task Slow_follower_holds_up_nobody_and_finds_the_end_when_it_is_left_behind()
    {
        using var slow = new TcpClient { ReceiveBufferSize = 4096 };
        await slow.ConnectAsync(_host.Client.BaseAddress!.Host, _host.Client.BaseAddress.Port, TestContext.Current.CancellationToken);
        await slow.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes($"GET {Path}?after=0 HTTP/1.0\r\nHost: localhost\r\n\r\n"), TestContext.Current.CancellationToken);
        using EventReader quick = await EventReader.OpenAsync(_host.Client);
        await quick.NextAsync(1);

        // Events of some 50 kB each: more than the sockets between hold.
        string[] names = [.. Enumerable.Range(0, 40).Select(i => $"n{i}.example")];
        for (int i = 0; i < 200; i++)
        {
            await BatchAsync(i, names);
            string[] seen = await quick.NextAsync(names.Length);
            Assert.EndsWith($"#{i + 1}", seen[^1], StringComparison.Ordinal);
        }

        using var lines = new StreamReader(slow.GetStream());
        long last = 0;
        while (await ReadLineAsync(lines) is { } line)
        {
            if (!line.StartsWith("id: ", StringComparison.Ordinal)) continue;
            long id = long.Parse(line[4..], System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(id == 0 || id == last + 1, $"{id} came after {last}");
            last = id;
        }

        Assert.InRange(last, 0, 198);
        Assert.Equal(410, (await _host.SendAsync("GET", Path, null, ("Last-Event-ID", $"{last}"))).Status);
    }

    [Fact]
    public async Task Followers_have_so_many_places_and_leave_theirs()
    {
        EventRoom room = _host.Services.GetRequiredService<EventRoom>();
        IDisposable[] taken = [.. Enumerable.Range(0, EventRoom.Places).Select(_ => room.TryEnter()!)];
        Reply refused = await _host.SendAsync("GET", Path);
        taken[0].Dispose();
        EventReader last = await EventReader.OpenAsync(_host.Client);
        await last.NextAsync(1);
        Assert.Null(room.TryEnter());
        last.Dispose();
        IDisposable? left = null;
        while ((left = room.TryEnter()) is null) await Task.Yield();

        Assert.Equal((503, "too-many-streams"), (refused.Status, refused.Problem));
        foreach (IDisposable place in taken[1..]) place.Dispose();
        left.Dispose();
    }

    /// <summary>The next line; null at the end, and where the connection was cut off.</summary>
    private static async Task<string?> ReadLineAsync(StreamReader lines)
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        try
        {
            return await lines.ReadLineAsync(stop).AsTask().WaitAsync(TimeSpan.FromSeconds(60), stop);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private Task<Reply> PutAsync(string name, int number) =>
        _host.SendAsync("PUT", $"/{name}/A", $$"""{"records":["192.0.2.{{number}}"]}""");

    private Task BatchAsync(params string[] names) => BatchAsync(1, names);

    private async Task BatchAsync(int number, string[] names)
    {
        string comment = new('x', 500);
        IEnumerable<string> operations = names.Select(
            name => $$"""{"op":"put","name":"{{name}}","type":"A","ttl":{{number}},"records":["192.0.2.1"],"comment":"{{comment}}"}""");
        Assert.Equal(200, (await _host.SendAsync(
            "POST", "/api/v1/entry-batches", $$"""{"operations":[{{string.Join(',', operations)}}]}""")).Status);
    }
}
