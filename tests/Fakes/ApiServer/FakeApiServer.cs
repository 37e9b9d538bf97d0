using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace KubeDoH.Tests.Fakes.ApiServer;

/// <summary>
/// A Kubernetes API server on loopback: it lists and watches namespaces, services, endpoint slices and pods the way the real one does,
/// creates and deletes them, says who has which token and who may do what, and misbehaves by script.
/// <code>
/// await using FakeApiServer server = await FakeApiServer.StartAsync();
/// server.Objects.Put(ApiResource.Services, json);
/// server.Faults.Next(ApiFault.Fail(500), "list", ApiResource.Services);
/// server.Order(ApiFault.Cut);                                        // every open watch
/// ApiRequest watch = await server.SeenAsync(request => request.Is("watch", ApiResource.Services), cancellationToken);
/// </code>
/// </summary>
internal sealed class FakeApiServer : IAsyncDisposable
{
    public const string User = "system:serviceaccount:kubedoh:kubedoh";

    private const string Version = """{"major":"1","minor":"36","gitVersion":"v1.36.0"}""";

    private readonly WebApplication _host;
    private readonly ApiCertificates? _certificates;
    private readonly CancellationTokenSource _stopped = new();
    private readonly ConcurrentDictionary<ApiWatch, byte> _watches = new();
    private readonly ConcurrentDictionary<(string Verb, ApiResource), byte> _forbidden = new();
    private readonly List<ApiRequest> _seen = [];
    private readonly ApiList _lists;
    private readonly TimeProvider _time;
    private TaskCompletionSource _arrived = NewSignal();
    private volatile string? _token;
    private volatile bool _away;

    private FakeApiServer(bool tls, TimeProvider time)
    {
        _time = time;
        _lists = new ApiList(Objects);
        Writes = new ApiWrites(Objects, time);
        if (tls) _certificates = new ApiCertificates();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AllowSynchronousIO = false;
            kestrel.Listen(IPAddress.Loopback, 0, Configure);
        });
        _host = builder.Build();
        _host.Run(ServeAsync);
    }

    public ApiObjects Objects { get; } = new();

    public ApiFaults Faults { get; } = new();

    public ApiWrites Writes { get; }

    public ApiReviews Reviews { get; } = new();

    /// <summary><c>http://127.0.0.1:port</c> or the same with https.</summary>
    public string Address { get; private set; } = "";

    /// <summary>What clients of a server with TLS trust; null without.</summary>
    public string? AuthorityPem => _certificates?.AuthorityPem;

    public ApiCertificates Certificates => _certificates ?? throw new InvalidOperationException("the server speaks no TLS");

    /// <summary>The only bearer token that is let in; null lets everyone in. Setting another one is its rotation.</summary>
    public string? Token { get => _token; set => _token = value; }

    /// <summary>True lets in client certificates of the own authority too, where a token is asked for.</summary>
    public bool TakesClientCertificates { get; init; } = true;

    /// <summary>True: every connection there is breaks, and each new one is closed before its first octet.</summary>
    public bool Away
    {
        get => _away;
        set
        {
            _away = value;
            if (value) Order(ApiFault.Cut);
        }
    }

    /// <summary>Every request so far, in order.</summary>
    public IReadOnlyList<ApiRequest> Seen
    {
        get
        {
            lock (_seen) return [.. _seen];
        }
    }

    /// <summary>The watches that are open.</summary>
    public IReadOnlyCollection<ApiWatch> Watches => [.. _watches.Keys];

    /// <param name="recorded">A folder with the lists of a recorded cluster to begin with; null begins empty.</param>
    /// <param name="time">What the ends of watches are reckoned by.</param>
    public static async Task<FakeApiServer> StartAsync(string? recorded = null, bool tls = false, TimeProvider? time = null)
    {
        var server = new FakeApiServer(tls, time ?? TimeProvider.System);
        if (recorded is not null) server.Load(recorded);
        await server._host.StartAsync();
        server.Address = server._host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return server;
    }

    /// <summary>Takes the lists of a folder: namespaces.json and so on, as a real server answered them.</summary>
    public void Load(string folder)
    {
        foreach (ApiResource resource in ApiResource.All)
            Objects.Load(resource, File.ReadAllText(Path.Combine(folder, resource.Plural + ".json")));
    }

    /// <summary>Answers 403 to this from now on.</summary>
    public void Forbid(string verb, ApiResource resource) => _forbidden[(verb, resource)] = 0;

    public void Allow(string verb, ApiResource resource) => _forbidden.TryRemove((verb, resource), out _);

    /// <summary>Does this to every open watch of the kind (null: of all).</summary>
    public void Order(ApiFault fault, ApiResource? resource = null)
    {
        foreach (ApiWatch watch in _watches.Keys)
            if (resource is null || watch.Request.Resource == resource) watch.Order(fault);
    }

    /// <summary>The first request like this one among all but the first <paramref name="from"/>, once it has arrived.</summary>
    public async Task<ApiRequest> SeenAsync(Func<ApiRequest, bool> isMeant, CancellationToken cancellationToken, int from = 0)
    {
        while (true)
        {
            Task arrived;
            lock (_seen)
            {
                if (_seen.Skip(from).FirstOrDefault(isMeant) is { } found) return found;
                arrived = _arrived.Task;
            }

            await arrived.WaitAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        await _host.StopAsync(new CancellationToken(canceled: true));
        await _host.DisposeAsync();
        _certificates?.Dispose();
        _stopped.Dispose();
    }

    private void Configure(ListenOptions listen)
    {
        listen.Use(next => connection =>
        {
            if (!_away) return next(connection);
            connection.Abort();
            return Task.CompletedTask;
        });
        listen.Protocols = HttpProtocols.Http1;
        if (_certificates is null) return;
        listen.Protocols = HttpProtocols.Http1AndHttp2;
        listen.UseHttps(_certificates.Server, https =>
        {
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            https.ClientCertificateValidation = (certificate, _, _) => _certificates.Issued(certificate);
        });
    }

    private async Task ServeAsync(HttpContext context)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stopped.Token, context.RequestAborted);
        var body = new ApiBody(context, ended.Token);
        try
        {
            if (_away) body.Cut();
            if (ApiRequest.TryRead(context, out ApiRequest? request)) await AnswerAsync(request, context, body, ended.Token);
            else if (context.Request.Path == "/version") await body.WriteAsync(new ApiStatus(200, JsonText.Object(Version)));
            else await body.WriteAsync(new ApiStatus(404, null, "404 page not found\n"));
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task AnswerAsync(ApiRequest request, HttpContext context, ApiBody body, CancellationToken ended)
    {
        ApiFault fault = Faults.AtRequest(request);
        ApiWatch? watch = request.Verb == "watch" ? new ApiWatch(Objects, request, body, Faults, _time) : null;
        if (watch is not null) _watches[watch] = 0;
        try
        {
            Record(request);
            if (fault.Kind == ApiFaultKind.Hold) await fault.Gate.WaitAsync(ended);
            if (fault.Kind == ApiFaultKind.Cut) body.Cut();
            if (fault.Kind == ApiFaultKind.Status) await body.WriteAsync(ApiStatus.Of(fault.Code), fault.RetryAfter);
            else if (!IsKnown(request, context)) await body.WriteAsync(ApiStatus.Unauthorized());
            else if (_forbidden.ContainsKey((request.Verb, request.Resource)))
                await body.WriteAsync(ApiStatus.Forbidden(User, request.Verb, request));
            else if (watch is not null) await watch.RunAsync(fault, ended);
            else await AnswerOnceAsync(request, context, body, fault, ended);
        }
        finally
        {
            if (watch is not null) _watches.TryRemove(watch, out _);
        }
    }

    private async Task AnswerOnceAsync(ApiRequest request, HttpContext context, ApiBody body, ApiFault fault, CancellationToken ended)
    {
        body.Fault = fault;
        if (fault.Kind == ApiFaultKind.Silent) await Task.Delay(Timeout.Infinite, ended);
        if (fault.Kind == ApiFaultKind.Garbage)
        {
            body.Start(200, "application/json");
            await body.WriteAsync(fault.Text);
        }
        else if (request.Verb == "list") await _lists.AnswerAsync(request, context, body);
        else if (ApiResource.Reviews.Contains(request.Resource)) await Reviews.AnswerAsync(request, context, body);
        else await Writes.AnswerAsync(request, context, body);
    }

    private bool IsKnown(ApiRequest request, HttpContext context) =>
        _token is null || request.Token == _token || (TakesClientCertificates && context.Connection.ClientCertificate is not null);

    private void Record(ApiRequest request)
    {
        TaskCompletionSource arrived;
        lock (_seen)
        {
            _seen.Add(request);
            arrived = _arrived;
            _arrived = NewSignal();
        }

        arrived.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
