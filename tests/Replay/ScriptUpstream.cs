using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Fakes;

namespace KubeDoH.Tests.Replay;

/// <summary>
/// A server on loopback that holds the records of its block, and besides them:
/// <code>
/// fail NAME TYPE       SERVFAIL for this question
/// refuse NAME TYPE     REFUSED
/// reply NAME TYPE [ad] every record of the block is the answer, whoever owns it; with "ad" AD is set
/// truncate once        the next reply over UDP has TC set and no records
/// silent               no reply at all
/// </code>
/// </summary>
internal sealed class ScriptUpstream : IAsyncDisposable
{
    private readonly FakeUpstream _server = FakeUpstream.Start(recordedZone: false);
    private int _shown;

    public string Address => _server.Address;

    public bool Silent { get; private set; }

    /// <summary>Puts what the lines say in the place of all that was there.</summary>
    public void Load(IReadOnlyList<ScriptLine> lines)
    {
        _server.Clear();
        Silent = false;
        foreach (ScriptLine line in lines)
        {
            switch (line.Words[0])
            {
                case "fail": Script(line, new FakeReply { Rcode = Rcode.ServFail }); break;
                case "refuse": Script(line, new FakeReply { Rcode = Rcode.Refused }); break;
                case "reply": Script(line, Whole(line, lines)); break;
                case "truncate": _server.React(FakeFault.Truncate); break;
                case "silent": BeSilent(); break;
                default: Add(RecordLine.Read(line)); break;
            }
        }
    }

    public ValueTask<FakeQuestion> NextAsync(CancellationToken cancellationToken) => _server.NextAsync(cancellationToken);

    /// <summary>The questions that came since the last look: <c>name type</c>, and <c>over TCP</c> where it was.</summary>
    public IReadOnlyList<string> LookAgain()
    {
        IReadOnlyList<FakeQuestion> seen = _server.Seen;
        string[] fresh = [.. seen.Skip(_shown).Select(
            question => $"{question.Name} {RecordTypeText.Write(question.Type)}{(question.OverTcp ? " over TCP" : "")}")];
        _shown = seen.Count;
        return fresh;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private void BeSilent()
    {
        Silent = true;
        _server.Always(FakeFault.Drop);
    }

    private void Add(RecordLine record) => _server.Add(record.Owner, record.Ttl, RecordTypeText.Write(record.Type), record.Data);

    private void Script(ScriptLine line, FakeReply reply)
    {
        if (!RecordTypeText.TryRead(line.Word(2, "the type"), out RecordType type)) throw line.Error($"'{line.Words[2]}' is no type");
        _server.Script(line.Word(1, "the name"), type, reply);
    }

    private static FakeReply Whole(ScriptLine line, IReadOnlyList<ScriptLine> lines) => new()
    {
        AuthenticData = line.Words[^1] == "ad",
        Answer = [.. lines.Where(other => other.Words[0].EndsWith('.')).Select(RecordLine.Read)
            .Select(record => FakeRecord.Of(record.Owner, record.Ttl, RecordTypeText.Write(record.Type), record.Data))],
    };
}
