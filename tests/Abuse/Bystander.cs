using System.Diagnostics;
using System.Net;
using KubeDoH.Tests.Clients;

namespace KubeDoH.Tests.Abuse;

/// <summary>
/// A well-behaved caller who asks for <c>secco</c> all the while, in four manners in turn: over kept connections and over new ones,
/// in the clear and over TLS, there by HTTP/2 where the connection is kept.
/// </summary>
internal sealed class Bystander : IAsyncDisposable
{
    private const string Address = "10.101.195.184";

    private readonly HttpClient _kept, _new;
    private readonly CancellationTokenSource _stop = new();
    private readonly (HttpClient Client, string Origin)[] _manners;
    private readonly Task _asking;
    private readonly List<TimeSpan> _waits = [];
    private readonly List<string> _wrong = [];

    public Bystander(ServerProcess server, Trust trust)
    {
        (_kept, _new) = (Client(HttpVersion.Version20, trust), Client(HttpVersion.Version11, trust));
        _new.DefaultRequestHeaders.ConnectionClose = true;
        _manners = [(_kept, server.Http), (_kept, server.Https), (_new, server.Http), (_new, server.Https)];
        _asking = AskOnAsync();
    }

    /// <summary>What it got instead of the address.</summary>
    public IReadOnlyList<string> Wrong => _wrong;

    /// <summary>How long 99 of 100 answers took at most.</summary>
    public TimeSpan P99 => _waits.Order().ElementAt(_waits.Count * 99 / 100);

    /// <summary>Asks some more, now that whatever was done to the server is over, and stops.</summary>
    public async Task FinishAsync()
    {
        await _stop.CancelAsync();
        await _asking;
        for (int more = 0; more < 100; more++) await AskAsync(_manners[more % _manners.Length]);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _asking;
        _kept.Dispose();
        _new.Dispose();
        _stop.Dispose();
    }

    /// <summary>Some hundred questions a second leave the machine to the others.</summary>
    private async Task AskOnAsync()
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        for (int asked = 0; !_stop.IsCancellationRequested; asked++)
        {
            await AskAsync(_manners[asked % _manners.Length]);
            await pace.WaitForNextTickAsync();
        }
    }

    private async Task AskAsync((HttpClient Client, string Origin) manner)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            string reply = await manner.Client.GetStringAsync($"{manner.Origin}/dns-query/ns/dns-playground?name=secco");
            if (!reply.Contains(Address, StringComparison.Ordinal)) _wrong.Add(reply);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            _wrong.Add($"{manner.Origin}: {e.Message}");
        }

        _waits.Add(Stopwatch.GetElapsedTime(start));
    }

    private static HttpClient Client(Version version, Trust trust)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = trust.IsTrusted;
        return new HttpClient(handler)
        {
            Timeout = TimeSpan.FromSeconds(10),
            DefaultRequestVersion = version,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
    }
}
