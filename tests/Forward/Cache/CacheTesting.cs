using KubeDoH.Engine;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Forward.Cache;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Forward.Cache;

/// <summary>A question that reached the upstreams of a test, which answers it when it likes.</summary>
internal sealed class AskedQuestion(UpstreamQuestion question, CancellationToken deadline)
{
    private readonly TaskCompletionSource<Answer> _answer = new();

    public UpstreamQuestion Question { get; } = question;

    public CancellationToken Deadline { get; } = deadline;

    public Task<Answer> Answered => _answer.Task;

    public void Reply(Answer answer) => _answer.SetResult(answer);

    public void Throw(Exception bug) => _answer.SetException(bug);

    public void GiveUp() => _answer.SetCanceled(Deadline);
}

/// <summary>The cache before upstreams that the test plays itself, under manual time.</summary>
internal sealed class CacheTesting
{
    public const string Name = "www.example.com";

    private static readonly byte[] Soa = LocalAnswers.Soa(DnsName.Parse("ns.example.com"), DnsName.Parse("admin.example.com"), 1, 60);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public CacheTesting(CacheOptions? options = null)
    {
        Cache = new AnswerCache(options ?? new CacheOptions(), Time);
        Upstreams = new CachedUpstreams(Cache, AskAsync, Limit - CachedUpstreams.Grace, Time);
    }

    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(5);

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));

    public AnswerCache Cache { get; }

    public CachedUpstreams Upstreams { get; }

    public ForwardRule Rule { get; set; } = RuleOf("192.0.2.1");

    /// <summary>Every question that reached the upstreams.</summary>
    public List<AskedQuestion> Asked { get; } = [];

    /// <summary>Answers every question at once where it is set.</summary>
    public Func<UpstreamQuestion, Answer>? Always { get; set; }

    public static ForwardRule RuleOf(params string[] servers)
    {
        var options = new ForwardOptions { Servers = servers };
        return ForwardRules.Create(options, null, []).Default!;
    }

    public static Answer Address(string address, uint ttl = 60, string name = Name)
    {
        Assert.True(RecordText.TryRead(RecordType.A, address, out byte[] data, out _));
        byte[] owner = DnsName.Parse(name).Span.ToArray();
        AnswerBuilder builder = AnswerBuilder.For(owner, RecordType.A);
        builder.Add(Section.Answer, owner, RecordType.A, ttl, data);
        return builder.Finish("forward", local: false);
    }

    /// <summary>A TXT record of as many octets.</summary>
    public static Answer Text(int size, string name = Name, uint ttl = 60)
    {
        byte[] owner = DnsName.Parse(name).Span.ToArray();
        AnswerBuilder builder = AnswerBuilder.For(owner, RecordType.TXT);
        for (; size > 0; size -= 256)
        {
            byte[] data = new byte[Math.Min(size, 256)];
            data[0] = (byte)(data.Length - 1);
            builder.Add(Section.Answer, owner, RecordType.TXT, ttl, data);
        }

        return builder.Finish("forward", local: false);
    }

    public static Answer Alias(string name, string target)
    {
        AnswerBuilder builder = AnswerBuilder.For(DnsName.Parse(name).Span, RecordType.A);
        builder.Add(Section.Answer, DnsName.Parse(name).Span, RecordType.CNAME, 60, DnsName.Parse(target).Span);
        return builder.Finish("forward", local: false);
    }

    public static Answer Absence(string name = Name)
    {
        AnswerBuilder builder = AnswerBuilder.For(DnsName.Parse(name).Span, RecordType.A);
        builder.Add(Section.Authority, DnsName.Parse("example.com").Span, RecordType.SOA, 60, Soa);
        return builder.Finish("forward", Rcode.NxDomain, local: false);
    }

    public static Answer Failure(ExtendedErrorCode code = ExtendedErrorCode.NoReachableAuthority) =>
        LocalAnswers.Failure("forward", Rcode.ServFail, code, "planted");

    /// <summary>A client's question; it waits as a client does.</summary>
    public Task<Answer?> AskAsync(
        string name = Name, RecordType type = RecordType.A, Action<Query>? change = null, CancellationToken? leaves = null)
    {
        using Query query = Query.Rent();
        query.Ask(DnsName.Parse(name).Span, type);
        change?.Invoke(query);
        return Upstreams.FindAsync(Rule, query, leaves ?? TestContext.Current.CancellationToken).AsTask();
    }

    /// <summary>Asks, and the upstreams answer at once.</summary>
    public async Task<string> AskAsync(Answer reply, string name = Name)
    {
        Task<Answer?> pending = AskAsync(name);
        Asked[^1].Reply(reply);
        return await TextAsync(pending);
    }

    /// <summary>The answer in short: <c>192.0.2.53 60</c>, or its rcode; behind it its extended error.</summary>
    public static async Task<string> TextAsync(Task<Answer?> pending)
    {
        Answer answer = (await pending.WaitAsync(Patience, TestContext.Current.CancellationToken))!;
        string[] records = ForwardTesting.Records(answer, Name);
        string text = records.Length > 0 ? string.Join(' ', records[0].Split(' ')[3], answer.Ttl) : RcodeText.Write(answer.Rcode);
        return answer.Error is null ? text : $"{text} ede {(int)answer.Error.Code}";
    }

    private ValueTask<Answer> AskAsync(ForwardRule rule, UpstreamQuestion question, CancellationToken cancellationToken)
    {
        if (Always is not null) return new ValueTask<Answer>(Always(question));
        var asked = new AskedQuestion(question, cancellationToken);
        Asked.Add(asked);
        return new ValueTask<Answer>(asked.Answered);
    }
}
