using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Text;
using KubeDoH.Tests.Fakes.ApiServer;

namespace KubeDoH.Bench.Load;

/// <summary>Asks the service for addresses of generated services, over one connection.</summary>
internal sealed class ClusterClient(Server service) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpClient _client = new() { BaseAddress = new Uri(service.Http) };

    public Server Service => service;

    /// <summary>Waits until every source is ready; the time since the process was started.</summary>
    public async Task<TimeSpan> ReadyAsync(Server server)
    {
        while (!await IsReadyAsync())
        {
            if (server.Age > Patience) throw new InvalidOperationException("the cluster is not synced");
            await Task.Delay(5);
        }

        return server.Age;
    }

    /// <summary>Asks until the service of that number has the address.</summary>
    public async Task UntilAsync(int number, IPAddress address)
    {
        (string ns, string name) = GeneratedObjects.NameOf(number);
        var target = new Uri($"/dns-query?dns={Base64Url.EncodeToString(Question($"{name}.{ns}.svc.cluster.local"))}", UriKind.Relative);
        byte[] wanted = address.GetAddressBytes();
        long began = Stopwatch.GetTimestamp();
        while (!Holds(await _client.GetByteArrayAsync(target), wanted))
        {
            if (Stopwatch.GetElapsedTime(began) > Patience) throw new InvalidOperationException($"{name}.{ns} does not get {address}");
        }
    }

    public void Dispose() => _client.Dispose();

    private static bool Holds(byte[] reply, byte[] wanted) => reply.AsSpan().IndexOf(wanted) >= 0;

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using HttpResponseMessage reply = await _client.GetAsync(new Uri("/ready", UriKind.Relative));
            return reply.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>An A question (RFC 1035 4.1).</summary>
    private static byte[] Question(string name)
    {
        using var message = new MemoryStream();
        Span<byte> header = stackalloc byte[12];
        header[2] = 1;
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], 1);
        message.Write(header);
        foreach (string label in name.Split('.'))
        {
            message.WriteByte((byte)label.Length);
            message.Write(Encoding.ASCII.GetBytes(label));
        }

        message.Write([0, 0, 1, 0, 1]);
        return message.ToArray();
    }
}
