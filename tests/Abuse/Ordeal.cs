using System.Diagnostics;
using System.Globalization;
using KubeDoH.Tests.Clients;

namespace KubeDoH.Tests.Abuse;

/// <summary>
/// The program as a process, a bystander who asks it all the while, and what both may show in the end. Attackers are raw connections
/// that are opened here and closed at the end.
/// </summary>
internal sealed class Ordeal : IAsyncDisposable
{
    /// <summary>What the process may grow by at its peak. An attack that can cost more sends more than this.</summary>
    public const long MostGrowth = 96 * 1024 * 1024;

    /// <summary>Far above what a bystander waits on two busy cores, far below any timeout of the server.</summary>
    private static readonly TimeSpan MostWait = TimeSpan.FromSeconds(2);

    /// <summary>A bound on what the collector leaves for later, which else is a matter of the processor's cache.</summary>
    private static readonly string[] Tidy = ["env", "DOTNET_GCgen0size=1000000"];

    /// <summary>
    /// How Kestrel begins to say that it ends a connection over HTTP/2 with more streams or control frames than it queues.
    /// </summary>
    private const string SentAway = "crit: Microsoft.AspNetCore.Server.Kestrel.Http2[";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<RawConnection> _attackers = [];
    private readonly ServerProcess _server;
    private readonly Trust _trust;
    private Bystander? _bystander;
    private long _memoryBefore;
    private int _socketsBefore;

    private Ordeal(ServerProcess server) => (_server, _trust) = (server, new Trust(server));

    public ServerProcess Server => _server;

    /// <summary>Octets resident now.</summary>
    public long Memory => Status("VmRSS:");

    /// <param name="command">Another program that starts ours and becomes it.</param>
    public static async Task<Ordeal> StartAsync(params string[] command)
    {
        var ordeal = new Ordeal(await ServerProcess.StartUnder([.. Tidy, .. command], "Forward:Servers=").ListeningAsync());
        await using (var warmUp = new Bystander(ordeal.Server, ordeal._trust)) await warmUp.FinishAsync();
        ordeal._memoryBefore = ordeal.Memory;
        ordeal._socketsBefore = ordeal.Sockets();
        ordeal._bystander = new Bystander(ordeal.Server, ordeal._trust);
        return ordeal;
    }

    /// <summary>Opens a connection of the attack.</summary>
    public async Task<RawConnection> OpenAsync(Door door)
    {
        RawConnection connection = await RawConnection.OpenAsync(_server, door, _trust);
        lock (_attackers) _attackers.Add(connection);
        return connection;
    }

    /// <summary>Opens as many at once.</summary>
    public Task<RawConnection[]> OpenAsync(Door door, int count) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(_ => OpenAsync(door)));

    /// <summary>
    /// Ends the attack and says what it did: to the bystander, whose every answer was right and prompt; to memory; and afterwards,
    /// when connections are gone down again and nothing was logged as an error.
    /// </summary>
    public async Task AssertUnharmedAsync(long mostGrowth = MostGrowth)
    {
        Assert.True(Directory.Exists($"/proc/{_server.Id}"), $"the program has ended\n{Server.Output}");
        long peak = Status("VmHWM:");
        foreach (RawConnection attacker in _attackers) attacker.Dispose();
        await _bystander!.FinishAsync();

        Assert.Empty(_bystander.Wrong);
        Assert.True(_bystander.P99 < MostWait, $"others waited {_bystander.P99}");
        Assert.True(peak - _memoryBefore < mostGrowth, $"memory grew from {_memoryBefore:N0} to {peak:N0}");
        Assert.True(await ConnectionsGoneAsync(), $"{Sockets()} sockets, {_socketsBefore} before");
        Assert.DoesNotContain("fail:", Server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("crit:", Server.Output.Replace(SentAway, "", StringComparison.Ordinal), StringComparison.Ordinal);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"memory {_memoryBefore >> 20} MiB, at most {peak >> 20}, then {Memory >> 20}; 99 of 100 waited at most "
            + $"{_bystander.P99.TotalMilliseconds:F0} ms");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (RawConnection attacker in _attackers) attacker.Dispose();
        if (_bystander is not null) await _bystander.DisposeAsync();
        await _server.DisposeAsync();
    }

    private int Sockets() => Directory.EnumerateFileSystemEntries($"/proc/{_server.Id}/fd").Count(IsSocket);

    /// <summary>A file that has been closed since it was listed is none.</summary>
    private static bool IsSocket(string file)
    {
        try
        {
            return new FileInfo(file).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The bystander's own connections are among them, before and after.</summary>
    private async Task<bool> ConnectionsGoneAsync()
    {
        const int bystanders = 8;
        long start = Stopwatch.GetTimestamp();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (Sockets() > _socketsBefore + bystanders)
        {
            if (Stopwatch.GetElapsedTime(start) > Patience) return false;
            await pace.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        return true;
    }

    private long Status(string field)
    {
        string line = File.ReadLines($"/proc/{_server.Id}/status").First(l => l.StartsWith(field, StringComparison.Ordinal));
        return 1024 * long.Parse(line[field.Length..^"kB".Length].Trim(), CultureInfo.InvariantCulture);
    }
}
