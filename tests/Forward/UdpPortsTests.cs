using System.Globalization;
using System.Net;
using System.Net.Sockets;
using KubeDoH.Engine.Forward.Exchanges;
using KubeDoH.Engine.Resolution;
using KubeDoH.Tests.Fakes;

namespace KubeDoH.Tests.Forward;

/// <summary>From where questions leave, so that nobody can guess it (RFC 5452 9).</summary>
public class UdpPortsTests
{
    private const string Name = "www.example.com";
    private static readonly string[] True = ["www.example.com. 300 A 192.0.2.53"];

    [Fact]
    public async Task Questions_that_come_singly_have_each_a_port_of_its_own()
    {
        await using var upstream = FakeUpstream.Start();
        var testing = new ForwardTesting(upstream.Address);
        for (int i = 0; i < 20; i++)
        {
            await testing.FindAsync(Name);
            testing.Time.Advance(UdpPort.OpenTime);
        }

        // The kernel's choice and ours may hit the same twice.
        Assert.True(upstream.Seen.Select(question => question.FromPort).Distinct().Count() > 15);
        Assert.True(upstream.Seen.Select(question => question.Id).Distinct().Count() > 15);
    }

    [Fact]
    public async Task Questions_at_once_leave_from_several_ports_and_few_from_each()
    {
        await using var upstream = FakeUpstream.Start();
        upstream.Always(FakeFault.Hold);
        var testing = new ForwardTesting(upstream.Address);
        var asking = new Task<Answer?>[600];
        for (int i = 0; i < asking.Length; i++)
        {
            asking[i] = testing.FindAsync($"n{i}.example.com");
            // None is answered yet; a socket holds a few hundred datagrams that nobody has taken, and drops the rest.
            await upstream.NextAsync(ForwardTesting.Cancelled);
        }

        upstream.Release();
        await Task.WhenAll(asking).WaitAsync(TimeSpan.FromSeconds(30), ForwardTesting.Cancelled);

        IGrouping<int, FakeQuestion>[] ports = [.. upstream.Seen.GroupBy(question => question.FromPort)];
        Assert.InRange(ports.Length, 600 / UdpPort.MostQuestions, 100);
        Assert.All(ports, port => Assert.InRange(port.Count(), 1, UdpPort.MostQuestions));
        Assert.All(ports, port => Assert.Equal(port.Count(), port.Select(question => question.Id).Distinct().Count()));
        Assert.True(ports.OrderBy(port => port.Key).Select(port => port.Count()).Distinct().Count() > 1, "chance chooses among them");
    }

    [Theory]
    [InlineData(FakeFault.WrongId)]
    [InlineData(FakeFault.WrongName)]
    [InlineData(FakeFault.WrongType)]
    [InlineData(FakeFault.WrongCase)]
    [InlineData(FakeFault.Runt)]
    public async Task Port_that_a_forgery_came_to_is_not_used_again(FakeFault forgery)
    {
        await using var upstream = FakeUpstream.Start();
        var testing = new ForwardTesting(upstream.Address);
        upstream.React(forgery, FakeFault.None);
        Assert.Equal(True, ForwardTesting.Records(await testing.FindAsync(Name), Name));
        int known = upstream.Seen[0].FromPort;
        using Socket held = Hold(known);
        for (int i = 0; i < 60; i++) await testing.FindAsync(Name);
        Assert.DoesNotContain(known, upstream.Seen.Skip(1).Select(question => question.FromPort));
    }

    [Fact]
    public async Task Reply_that_comes_too_late_answers_nobody_else()
    {
        await using var upstream = FakeUpstream.Start();
        upstream.Add("late.example.com", 300, "A", "198.18.0.1");
        upstream.React(FakeFault.Hold);
        var testing = new ForwardTesting(upstream.Address);
        Task<Answer?> asking = testing.FindAsync("late.example.com");
        await upstream.NextAsync(ForwardTesting.Cancelled);
        upstream.Always(FakeFault.None);
        testing.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("late.example.com. 300 A 198.18.0.1", Assert.Single(ForwardTesting.Records(await asking, "late.example.com")));
        upstream.Release();
        for (int i = 0; i < 60; i++) Assert.Equal(True, ForwardTesting.Records(await testing.FindAsync(Name), Name));
    }

    [Fact]
    public async Task Ports_are_closed_when_their_time_is_over()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /proc/net/udp");
        await using var upstream = FakeUpstream.Start();
        upstream.Always(FakeFault.Hold);
        var testing = new ForwardTesting(upstream.Address);
        Task<Answer?>[] asking = [.. Enumerable.Range(0, 200).Select(i => testing.FindAsync($"n{i}.example.com"))];
        for (int i = 0; i < asking.Length; i++) await upstream.NextAsync(ForwardTesting.Cancelled);
        int[] ports = [.. upstream.Seen.Select(question => question.FromPort).Distinct()];
        testing.Time.Advance(UdpPort.OpenTime);
        Assert.Equal(ports.Length, OpenPorts(ports, upstream.EndPoint.Port));
        upstream.Release();
        await Task.WhenAll(asking).WaitAsync(TimeSpan.FromSeconds(30), ForwardTesting.Cancelled);
        Assert.True(SpinWait.SpinUntil(() => OpenPorts(ports, upstream.EndPoint.Port) == 0, TimeSpan.FromSeconds(30)));
    }

    /// <summary>Takes a port that is closed, or soon will be: the kernel could choose the same for a new socket.</summary>
    private static Socket Hold(int port)
    {
        var held = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Assert.True(SpinWait.SpinUntil(() => TryBind(held, port), TimeSpan.FromSeconds(30)), $"port {port} is still in use");
        return held;
    }

    private static bool TryBind(Socket socket, int port)
    {
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }

    /// <summary>How many of the ports are open to the server (proc_net_udp: local and remote address in hexadecimal).</summary>
    private static int OpenPorts(int[] ports, int server)
    {
        string remote = $":{server.ToString("X4", CultureInfo.InvariantCulture)}";
        return File.ReadLines("/proc/net/udp").Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Count(fields => fields[2].EndsWith(remote, StringComparison.Ordinal)
                && ports.Contains(
                    int.Parse(fields[1].AsSpan(fields[1].IndexOf(':') + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
    }
}
