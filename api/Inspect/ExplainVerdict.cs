using KubeDoH.Engine.Diagnosis;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Inspect;

/// <summary>What came of a question, in a line for people.</summary>
internal static class ExplainVerdict
{
    public static string Of(Explanation explanation)
    {
        string name = NameText.Write(explanation.NameAsAsked), type = RecordTypeText.Write(explanation.Type);
        if (name.Length > 1) name = name[..^1];
        Answer answer = explanation.Answer;
        return answer.Rcode switch
        {
            Rcode.NoError when answer.HasRecords => Found(explanation, name, type),
            Rcode.NoError => $"{name} has no {type} record, says {answer.Source}.",
            Rcode.NxDomain => $"{name} does not exist, says {answer.Source}.",
            Rcode.ServFail => $"{name} {type} cannot be resolved: {answer.Error?.Text ?? "the server failed"}.",
            _ => $"{name} {type} is not answered: {answer.Error?.Text ?? RcodeText.Write(answer.Rcode)}.",
        };
    }

    private static string Found(Explanation explanation, string name, string type)
    {
        string[] data = [.. AnswerRecordDocument.Read(explanation.Answer, explanation.NameAsAsked, Section.Answer)
            .Where(record => record.Type == type || type == "ANY")
            .Select(record => record.Data)];
        string shown = data.Length == 0 ? "there" : data.Length == 1 ? data[0] : $"{data[0]} and {data.Length - 1} more";
        return $"{name} {type} is {shown}, says {explanation.Answer.Source}.";
    }
}
