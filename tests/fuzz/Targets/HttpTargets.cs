using System.Text;
using System.Text.Json;
using KubeDoH.Api.Doh;
using KubeDoH.Api.Entries;
using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KubeDoH.Tests.Fuzz;

/// <summary>HTTP requests without a socket: the first line of an input is the request's head, the rest its body.</summary>
internal static class HttpTargets
{
    /// <summary>The longest detail of a problem: it may quote the whole target, not more.</summary>
    private const int LongestProblem = 8 * DohRequest.MaxTarget;

    private static readonly ServiceProvider Services = new ServiceCollection().AddLogging().BuildServiceProvider();
    private static readonly DohHandler Handler = new(FuzzWorld.Resolver, FuzzWorld.Views, new StrictLogger());
    private static readonly EntryRules Rules = new(null, TimeProvider.System);

    /// <summary><c>METHOD target[ accept]</c> of /dns-query: any status but 500, and no exception that a log would have to tell.</summary>
    public static void Doh(byte[] input)
    {
        (string[] words, byte[] body) = Split(input);
        if (words.Length < 2) return;
        DefaultHttpContext context = NewContext(body);
        (string path, string query) = words[1].Split('?', 2) is [var before, var behind] ? (before, "?" + behind) : (words[1], "");
        context.Request.Method = words[0];
        context.Request.QueryString = new QueryString(query);
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = words[1];
        string[] parts = path.Split('/');
        context.Request.RouteValues["namespace"] = parts.ElementAtOrDefault(3);
        context.Request.RouteValues["pod"] = parts.ElementAtOrDefault(4);
        if (words.Length > 2) context.Request.Headers.Accept = words[2];
        context.Request.ContentType = DohReply.WireMediaType;
        var reply = new MemoryStream();
        context.Response.Body = reply;
        Task handled = parts switch
        {
            [_, "resolve"] => Handler.ResolveAsync(context),
            [_, "dns-query", "ns", _] => Handler.QueryInNamespaceAsync(context),
            [_, "dns-query", "pod", _, _] => Handler.QueryFromPodAsync(context),
            _ => Handler.QueryAsync(context),
        };
        handled.GetAwaiter().GetResult();
        context.Response.BodyWriter.FlushAsync().AsTask().GetAwaiter().GetResult();
        CheckReply(context.Response, reply);
    }

    /// <summary>
    /// <c>name type</c> and the body of a PUT: an entry that is accepted shows itself as a body that makes the same entry.
    /// </summary>
    public static void Entry(byte[] input)
    {
        (string[] words, byte[] body) = Split(input);
        if (words.Length < 2 || !DnsName.TryParse(words[0], out DnsName name, out _)
            || !RecordTypeText.TryRead(words[1], out RecordType type))
            return;
        var key = new EntryKey(name, type);
        if (Accept(key, body) is not { } entry) return;
        var view = new EntryView(TimeProvider.System);
        view.Apply(new EntryChanges(1, Reset: false, [new EntryChange(key, entry)]));
        using Query query = Query.Rent();
        query.Ask(key.Name.Span, key.Type);
        if (new EntrySource(view.Names).FindAsync(query, CancellationToken.None).AsTask().GetAwaiter().GetResult() is { } answer)
            MessageTargets.WritesWhole(query, answer);
        byte[] shown = JsonSerializer.SerializeToUtf8Bytes(EntryDocument.Of(entry), ApiJsonContext.Default.EntryDocument);
        Entry again = Accept(key, shown) ?? throw new Broken($"refused as it was shown: {Encoding.UTF8.GetString(shown)}");
        Broken.If(
            !again.Records.Select(r => r.Text).SequenceEqual(entry.Records.Select(r => r.Text)), "the records differ when written back");
    }

    private static Entry? Accept(EntryKey key, byte[] body)
    {
        DefaultHttpContext context = NewContext(body);
        context.Request.ContentType = "application/json";
        (EntryDraft? draft, JsonHttpResult<ApiProblem>? problem) = EntryBodyReader.ReadAsync(context, key).GetAwaiter().GetResult();
        Broken.If(draft is null && problem?.Value is not { Detail.Length: > 0 }, "refused without a word");
        if (draft is null) return null;
        Entry? entry = Rules.TryAccept(draft, overrideZone: true, out IReadOnlyList<EntryViolation> violations);
        Broken.If(entry is null && violations.Count == 0, "refused without a violation");
        return entry;
    }

    private static void CheckReply(HttpResponse response, MemoryStream reply)
    {
        Broken.If(response.StatusCode is 500 or < 200 or > 503, $"the status {response.StatusCode}");
        Broken.If(reply.Length > LongestProblem && response.StatusCode >= 400, $"a problem of {reply.Length} octets");
        if (response.StatusCode != StatusCodes.Status200OK || reply.Length == 0) return;
        Broken.If(response.ContentLength != reply.Length, $"{reply.Length} octets where {response.ContentLength} were announced");
        if (response.ContentType == DohReply.WireMediaType) Broken.If(reply.Length < 12, "a reply shorter than its header");
        else using (JsonDocument.Parse(reply.ToArray())) return;
    }

    private static DefaultHttpContext NewContext(byte[] body) => new()
    {
        RequestServices = Services,
        Request = { Body = new MemoryStream(body), ContentLength = body.Length },
    };

    private static (string[] Words, byte[] Body) Split(byte[] input)
    {
        int end = Array.IndexOf(input, (byte)'\n');
        byte[] head = end < 0 ? input : input[..end];
        return (Encoding.UTF8.GetString(head).Split(' ', 3), end < 0 ? [] : input[(end + 1)..]);
    }

    /// <summary>The handler logs bugs only: each is a finding.</summary>
    private sealed class StrictLogger : ILogger<DohHandler>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new Broken($"{formatter(state, exception)}: {exception?.Message}", exception!);
    }
}
