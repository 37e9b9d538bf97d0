using System.Net.Sockets;
using System.Text;

namespace KubeDoH.Tests.Api.Doh;

/// <summary>Bytes that a request allocates, counted over the whole process: nothing else may run.</summary>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationCollection : ICollectionFixture<DohServer>;

[Collection(nameof(AllocationTests))]
public sealed class AllocationTests(DohServer server, ITestOutputHelper output)
{
    private const int Rounds = 2000;

    [Fact]
    public void Get_that_is_answered_at_once_costs_what_a_bare_endpoint_costs_and_its_parameters()
    {
        string target = $"/dns-query?dns={Messages.Encode(Messages.Question("web.example"))}";
        long bare = Measure($"/bare?dns={target.Split('=')[1]}"), wire = Measure(target), json = Measure("/dns-query?name=web.example");
        output.WriteLine($"bytes a request: bare {bare}, wire {wire}, JSON {json}");
        Assert.InRange(wire, 0, bare + 8);
        Assert.InRange(json, 0, bare + 8);
    }

    /// <summary>
    /// Bytes a request on one connection, after a warm-up: the least of three counts, as the server's own clockwork can only add to one.
    /// </summary>
    private long Measure(string target)
    {
        var address = new Uri(server.Http);
        byte[] request = Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: {address.Authority}\r\n\r\n");
        var reply = new byte[8192];
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(address.Host, address.Port);
        int length = Exchange(socket, request, reply, expected: 0);
        Assert.StartsWith("HTTP/1.1 200", Encoding.ASCII.GetString(reply, 0, length));
        for (int i = 0; i < Rounds; i++) Exchange(socket, request, reply, length);
        return Enumerable.Range(0, 3).Min(_ => Count());

        long Count()
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < Rounds; i++) Exchange(socket, request, reply, length);
            return (GC.GetTotalAllocatedBytes(precise: true) - before) / Rounds;
        }
    }

    private static int Exchange(Socket socket, byte[] request, byte[] reply, int expected)
    {
        socket.Send(request);
        int length = socket.Receive(reply);
        while (length < expected) length += socket.Receive(reply, length, reply.Length - length, SocketFlags.None);
        return length;
    }
}
