using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Views;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Api.Doh;

/// <summary>Answers by the first label of the name: each says in its name what happens.</summary>
internal sealed class ScriptedResolver : IResolver
{
    private static readonly DnsName Zone = DnsName.Parse("example.");
    private static readonly byte[] ZoneSoa = LocalAnswers.Soa(Zone.Child("ns"u8), Zone.Child("root"u8), serial: 1, minimum: 60);

    /// <summary>The view of the last question.</summary>
    public ClientView LastView { get; private set; } = ClientView.Absolute;

    /// <summary>Completed when a question that hangs was cancelled.</summary>
    public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Hanging { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ValueTask<Answer> ResolveAsync(Query query, CancellationToken cancellationToken)
    {
        LastView = query.View;
        if (query.Type == RecordType.A && WireName.FirstLabel(query.Name).SequenceEqual("web"u8)) return new ValueTask<Answer>(Web);
        string label = System.Text.Encoding.ASCII.GetString(WireName.FirstLabel(query.Name));
        return label switch
        {
            "late" => Late(query),
            "hangs" => HangAsync(cancellationToken),
            "throws" => throw new InvalidOperationException("a planted bug"),
            "throwslate" => ThrowLateAsync(),
            _ => new ValueTask<Answer>(Answers.GetValueOrDefault((label, query.Type)) ?? (Empty.Contains(label) ? NoData : NxDomain)),
        };
    }

    private static readonly Answer NxDomain = LocalAnswers.Negative("cluster", Rcode.NxDomain, Zone, 90, ZoneSoa);

    private static readonly Answer NoData = LocalAnswers.Negative("cluster", Rcode.NoError, Zone, 20, ZoneSoa);

    private static readonly Answer Refused = LocalAnswers.Failure("none", Rcode.Refused, ExtendedErrorCode.NotAuthoritative, "nobody's");

    private static readonly Answer Failed = LocalAnswers.Failure(
        "forward", Rcode.ServFail, ExtendedErrorCode.NoReachableAuthority, "no upstream answered");

    /// <summary>Found without an allocation.</summary>
    private static readonly Answer Web = Records(
        "entries", new Record(RecordType.A, 30, "192.0.2.1"), new Record(RecordType.A, 60, "192.0.2.2"));

    private static readonly string[] Empty = ["web", "alias", "zero", "long"];

    private static readonly Dictionary<(string, RecordType), Answer> Answers = new()
    {
        [("web", RecordType.AAAA)] = Records("cluster", new Record(RecordType.AAAA, 20, "2001:db8::1")),
        [("web", RecordType.TXT)] = Records("entries", new Record(RecordType.TXT, 5, "\"v=spf1 \\\"x\\\"\" \"two\"")),
        [("web", (RecordType)65280)] = Records("entries", new Record((RecordType)65280, 5, "\\# 2 0aff")),
        [("web", RecordType.MX)] = Failed,
        [("web", RecordType.NS)] = NxDomain,
        [("alias", RecordType.A)] = Alias(new Record(RecordType.A, 300, "192.0.2.9")),
        [("alias", RecordType.AAAA)] = Alias(new Record(RecordType.AAAA, 300, "2001:db8::9")),
        [("zero", RecordType.A)] = Records("entries", new Record(RecordType.A, 0, "192.0.2.3")),
        [("long", RecordType.A)] = Records("entries", new Record(RecordType.A, 86400, "192.0.2.4")),
        [("huge", RecordType.TXT)] = Huge(),
        [("refused", RecordType.A)] = Refused,
        [("fails", RecordType.A)] = Failed,
    };

    private static Answer Records(string source, params Record[] records)
    {
        AnswerBuilder builder = AnswerBuilder.Portable();
        foreach (Record record in records) builder.Add(Section.Answer, [], record.Type, record.Ttl, Data(record.Type, record.Text));
        return builder.Finish(source);
    }

    private static Answer Alias(Record record)
    {
        DnsName target = Zone.Child("target"u8);
        AnswerBuilder builder = AnswerBuilder.Portable();
        builder.Add(Section.Answer, [], RecordType.CNAME, 40, target.Span);
        builder.Add(Section.Answer, target.Span, record.Type, record.Ttl, Data(record.Type, record.Text));
        builder.Add(Section.Additional, target.Span, RecordType.TXT, 1, Data(RecordType.TXT, "extra"));
        return builder.Finish("entries");
    }

    /// <summary>60,000 octets that each need an escape.</summary>
    private static Answer Huge()
    {
        AnswerBuilder builder = AnswerBuilder.Portable();
        var data = new byte[60_000];
        for (int i = 0; i < data.Length; i += 250) data[i] = 249;
        builder.Add(Section.Answer, [], RecordType.TXT, 30, data);
        return builder.Finish("entries");
    }

    private static byte[] Data(RecordType type, string text) =>
        RecordText.TryRead(type, text, out byte[] data, out string? error) ? data : throw new FormatException(error);

    private static async ValueTask<Answer> Late(Query query)
    {
        await Task.Yield();
        return query.Type == RecordType.A ? Web : NoData;
    }

    private static async ValueTask<Answer> ThrowLateAsync()
    {
        await Task.Yield();
        throw new InvalidOperationException("a planted bug");
    }

    private async ValueTask<Answer> HangAsync(CancellationToken cancellationToken)
    {
        Hanging.TrySetResult();
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Cancelled.TrySetResult();
            throw;
        }

        return Failed;
    }

    private sealed record Record(RecordType Type, uint Ttl, string Text);
}

/// <summary>One namespace, shop; another that nobody can tell of yet.</summary>
internal sealed class ScriptedViews : IClientViews
{
    private static readonly ClientView Shop = new()
    {
        Namespace = "shop",
        SearchList = [DnsName.Parse("shop.svc.cluster.local"), DnsName.Parse("svc.cluster.local"), DnsName.Parse("cluster.local")],
        Ndots = 5,
    };

    public ViewVerdict TryNamespace(string name, out ClientView view)
    {
        view = name == "shop" ? Shop : ClientView.Absolute;
        return name switch { "shop" => ViewVerdict.Found, "early" => ViewVerdict.NotSynced, _ => ViewVerdict.Unknown };
    }

    public ViewVerdict TryPod(string @namespace, string name, out ClientView view)
    {
        ViewVerdict verdict = TryNamespace(@namespace, out view);
        if (verdict != ViewVerdict.Found) return verdict;
        view = name == "web-0" ? view with { Ndots = 2 } : ClientView.Absolute;
        return name switch
        {
            "web-0" => ViewVerdict.Found,
            "refused" => ViewVerdict.PodsRefused,
            "off" => ViewVerdict.PodsOff,
            "coming" => ViewVerdict.PodsComing,
            _ => ViewVerdict.UnknownPod,
        };
    }

    public Task AwaitPodsAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
