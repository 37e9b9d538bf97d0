using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Inspect;

/// <summary>A record of an answer.</summary>
/// <param name="Name">The owner name, with its last dot.</param>
/// <param name="Type">The mnemonic of the type, or TYPE and a number (RFC 3597 5).</param>
/// <param name="Ttl">Seconds; of a kept answer, what is left of them.</param>
/// <param name="Data">RDATA in presentation form.</param>
internal sealed record AnswerRecordDocument(string Name, string Type, uint Ttl, string Data)
{
    /// <summary>The records of a section.</summary>
    /// <param name="question">The name that was asked, in its spelling.</param>
    public static IReadOnlyList<AnswerRecordDocument> Read(Answer answer, ReadOnlySpan<byte> question, Section section)
    {
        var read = new List<AnswerRecordDocument>();
        Span<byte> room = stackalloc byte[AnswerRecords.Room];
        AnswerRecords records = answer.ReadRecords(question, room);
        while (records.MoveNext())
        {
            if (records.Section == section) read.Add(Of(records));
        }

        return read;
    }

    private static AnswerRecordDocument Of(in AnswerRecords record) => new(
        NameText.Write(record.Owner), RecordTypeText.Write(record.Type), record.Ttl, RecordText.Write(record.Type, record.Data));
}
