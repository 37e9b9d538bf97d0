using KubeDoH.Api.Doh;
using KubeDoH.Api.Hosting;
using KubeDoH.Api.Hosting.Configuration;
using KubeDoH.Api.Queries;
using KubeDoH.Engine.Metrics;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Views;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Api.Doh;

/// <summary>The first who asks as a pod waits for the pods to be read.</summary>
public sealed class PodWaitTests
{
    private readonly FakeTimeProvider _time = new();

    /// <summary>For the client the question lasts from its coming: the wait is part of it.</summary>
    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task Time_of_a_question_holds_the_wait(string method)
    {
        var meters = new QueryMeters([]);
        using var watch = new QueryWatch(new QueriesOptions(), _time);
        var log = new Derived<QueryLog>(new QueryLog(new QueryLogOptions(), NullLogger<QueryLog>.Instance));
        var handler = new DohHandler(
            new ScriptedResolver(), new LateViews(_time), NullLogger<DohHandler>.Instance, new QueryReport(meters, log, watch, _time));

        await handler.QueryAsync(Ask(method));

        HistogramReading durations = meters.Read()
            .Single(family => family.Name == "coredns_dns_request_duration_seconds").Samples.Single().Histogram!;
        Assert.Equal((1, 3.0), (durations.Total, durations.Sum));
    }

    private DefaultHttpContext Ask(string method)
    {
        byte[] message = Messages.Named("web.example");
        var context = new DefaultHttpContext();
        var listener = new ServedListener("http://127.0.0.1:8053", ListenerRole.Shared);
        context.Features.Set(new ServedConnection(listener, new DefaultConnectionContext(), _time));
        context.Request.Method = method;
        string question = method == "GET" ? $"&dns={Messages.Encode(message)}" : "";
        context.Request.QueryString = new QueryString($"?pod=shop/late{question}");
        context.Request.ContentType = DohReply.WireMediaType;
        if (method == "POST") context.Request.Body = new MemoryStream(message);
        return context;
    }

    /// <summary>Pods that are there after three seconds.</summary>
    private sealed class LateViews(FakeTimeProvider time) : IClientViews
    {
        private bool _read;

        public ViewVerdict TryNamespace(string name, out ClientView view)
        {
            view = ClientView.Absolute;
            return ViewVerdict.Found;
        }

        public ViewVerdict TryPod(string @namespace, string name, out ClientView view)
        {
            view = ClientView.Absolute;
            return _read ? ViewVerdict.Found : ViewVerdict.PodsComing;
        }

        public Task AwaitPodsAsync(CancellationToken cancellationToken)
        {
            _read = true;
            time.Advance(TimeSpan.FromSeconds(3));
            return Task.CompletedTask;
        }
    }
}
