using BenchmarkDotNet.Attributes;
using KubeDoH.Api.Doh;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Bench;

/// <summary>What stands around the resolution: reading the question, writing the reply as bytes, as text and as JSON.</summary>
public class MessageBenchmarks
{
    private readonly byte[] _message = SampleEngine.Question("secco.dns-playground.svc.cluster.local", RecordType.A);
    private readonly byte[] _reply = new byte[4096];
    private readonly Query _query = Query.Rent();
    private Answer _answer = null!;
    private TypedAnswer[] _answers = [];

    [GlobalSetup]
    public void Setup()
    {
        Parse();
        _answer = SampleEngine.Load().Resolve(_query);
        _answers = [new TypedAnswer(RecordType.A, _answer)];
    }

    [Benchmark]
    public WireError Parse() => _query.TryParse(_message);

    [Benchmark]
    public int Write() => _answer.WriteTo(_reply, _query);

    [Benchmark]
    public int Read_name_from_text()
    {
        NameText.TryRead("secco.dns-playground.svc.cluster.local", _reply, out int length, out _);
        return length;
    }

    [Benchmark]
    public int Write_name_as_text()
    {
        NameText.TryWrite(_query.Name, _reply, out int length);
        return length;
    }

    [Benchmark]
    public int Write_json() => DnsJson.Write(_query, _answers).Length;
}
