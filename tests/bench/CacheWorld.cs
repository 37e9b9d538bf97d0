using System.Buffers.Binary;
using System.Globalization;
using KubeDoH.Engine;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Forward.Cache;
using KubeDoH.Engine.Forward.Upstreams;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Bench;

/// <summary>The whole pipeline before an upstream that has an address for every name, and answers at once.</summary>
internal sealed class CacheWorld
{
    private readonly IResolver _resolver;

    private CacheWorld(AnswerCache cache)
    {
        Cache = cache;
        var options = new ForwardOptions { Servers = ["192.0.2.53"] };
        ForwardRules rules = ForwardRules.Create(options, null, []);
        TimeProvider time = TimeProvider.System;
        var pool = new UpstreamPool(options, new PromptExchange(), time, new Random(1));
        var upstreams = new CachedUpstreams(Cache, pool.AskAsync, options.Deadline, time);
        PipelineSources sources = PipelineSources.Over(new EntryView(time), () => NameTable.Empty, null, () => rules, pool, upstreams);
        _resolver = Pipeline.Build(sources, EngineOptions.DefaultOrder, Pipeline.LocalZones(DnsName.Parse("cluster.local")));
    }

    public AnswerCache Cache { get; }

    public static byte[] Question(int name) =>
        SampleEngine.Question(string.Create(CultureInfo.InvariantCulture, $"name{name:d6}.example.com"), RecordType.A);

    public static CacheWorld OfSize(long bytes) => new(new AnswerCache(new CacheOptions { Size = bytes }, TimeProvider.System));

    /// <summary>From the question's bytes to the reply's; the upstream keeps nobody waiting.</summary>
    public int Ask(byte[] question, byte[] reply)
    {
        using Query query = Query.Rent();
        if (query.TryParse(question) != WireError.None) throw new InvalidOperationException("not a question");
        ValueTask<Answer> pending = _resolver.ResolveAsync(query, CancellationToken.None);
        Answer answer = pending.IsCompletedSuccessfully ? pending.Result : pending.AsTask().GetAwaiter().GetResult();
        return answer.WriteTo(reply, query);
    }

    private sealed class PromptExchange : IUpstreamExchange
    {
        public ValueTask<UpstreamReply> AskAsync(UpstreamServer server, UpstreamQuestion question, CancellationToken cancellationToken)
        {
            byte[] message = new byte[question.Name.Span.Length + 32];
            new MessageHeader(7, MessageHeader.Response | MessageHeader.RecursionAvailable, 1, 1, 0, 0).Write(message);
            int at = MessageHeader.Size;
            question.Name.Span.CopyTo(message.AsSpan(at));
            at += question.Name.Span.Length;
            BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(at), (ushort)question.Type);
            BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(at + 2), 1);
            ReadOnlySpan<byte> record = [0xc0, 12, 0, 1, 0, 1, 0, 0, 14, 16, 0, 4, 192, 0, 2, 1];
            record.CopyTo(message.AsSpan(at + 4));
            return ValueTask.FromResult(new UpstreamReply(UpstreamFailure.None, message));
        }
    }
}
