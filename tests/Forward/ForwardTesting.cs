using KubeDoH.Engine;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Forward.Cache;
using KubeDoH.Engine.Forward.Exchanges;
using KubeDoH.Engine.Forward.Upstreams;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Forward;

/// <summary>A forward source under manual time, asked in text. It keeps nothing.</summary>
internal sealed class ForwardTesting
{
    private readonly ForwardRules _rules;
    private readonly UpstreamPool _pool;

    public ForwardTesting(params IReadOnlyList<string> servers)
        : this(new ForwardOptions { Servers = servers })
    {
    }

    public ForwardTesting(ForwardOptions options, ServerTrust? trust = null, TimeProvider? time = null)
    {
        _rules = ForwardRules.Create(options, null, []);
        TimeProvider clock = time ?? Time;
        _pool = new UpstreamPool(options, new TransportExchange(trust ?? ServerTrust.System, clock), clock, new Random(1));
        var cache = new AnswerCache(new CacheOptions { Size = 0 }, clock);
        Source = new ForwardSource(() => _rules, _pool, new CachedUpstreams(cache, _pool.AskAsync, options.Deadline, clock));
    }

    /// <summary>How a server stands, by its place in the default rule.</summary>
    public UpstreamStatus Status(int server) => _pool.Of(_rules.Default!.Servers[server]).Read([]);

    public FakeTimeProvider Time { get; } = new();

    public ForwardSource Source { get; }

    public static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async Task<Answer?> FindAsync(string name, RecordType type = RecordType.A, Action<Query>? change = null)
    {
        using Query query = Query.Rent();
        query.Ask(DnsName.Parse(name).Span, type);
        change?.Invoke(query);
        return await Source.FindAsync(query, Cancelled);
    }

    /// <summary>Asks through an alias chaser, after another source if one is given.</summary>
    public async Task<Answer> ChaseAsync(string name, RecordType type = RecordType.A, IRecordSource? before = null)
    {
        var chaser = new AliasChaser(new SourceChain(before is null ? [Source] : [before, Source]));
        using Query query = Query.Rent();
        query.Ask(DnsName.Parse(name).Span, type);
        return await chaser.ResolveAsync(query, Cancelled);
    }

    /// <summary>The records of a section, each as <c>www.example.com. 300 A 192.0.2.53</c>.</summary>
    public static string[] Records(Answer? answer, string name, Section section = Section.Answer)
    {
        var lines = new List<string>();
        AnswerRecords records = answer!.ReadRecords(DnsName.Parse(name).Span, new byte[AnswerRecords.Room]);
        while (records.MoveNext())
        {
            if (records.Section != section) continue;
            string data = RecordText.Write(records.Type, records.Data);
            lines.Add($"{NameText.Write(records.Owner)} {records.Ttl} {RecordTypeText.Write(records.Type)} {data}");
        }

        return [.. lines];
    }
}
