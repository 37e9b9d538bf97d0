using System.Text.Json;
using KubeDoH.Api.Inspect;
using KubeDoH.Engine.Diagnosis;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Oracle;

public class ExplainComparisonTests
{
    /// <summary>100 random clusters with entries, hosts files, upstreams and views, 100 questions each: 10,000.</summary>
    [Theory]
    [InlineData(3001)]
    [InlineData(3051)]
    public async Task Explanations_end_in_the_answer_that_is_given_without_one(int firstSeed)
    {
        var subject = new EngineSubject();
        for (int seed = firstSeed; seed < firstSeed + 50; seed++)
        {
            World world = WorldGenerator.Make(seed);
            foreach (OracleQuestion question in new QuestionGenerator(world).Take(100))
            {
                (string json, Explanation explanation) = await subject.ExplainAsync(world, question);
                ExplainAnswerDocument explained = ExplainAnswerDocument.Of(explanation.Answer, explanation.NameAsAsked);
                Assert.True(Write(json) == Write(explained),
                    $"seed {seed}, {question}: {Write(json)} without, {Write(explained)} with an explanation");
            }
        }
    }

    private static string Write(string json)
    {
        JsonElement reply = JsonDocument.Parse(json).RootElement;
        IEnumerable<string> Read(string section) =>
            !reply.TryGetProperty(section, out JsonElement records) ? [] : records.EnumerateArray().Select(
            record => $"{record.GetProperty("name")} {RecordTypeText.Write((RecordType)record.GetProperty("type").GetInt32())} "
                + $"{record.GetProperty("TTL")} {record.GetProperty("data")}");
        return Write(RcodeText.Write((Rcode)reply.GetProperty("Status").GetInt32()), Read("Answer"), Read("Authority"), Read("Additional"));
    }

    private static string Write(ExplainAnswerDocument answer)
    {
        IEnumerable<string> Read(IReadOnlyList<AnswerRecordDocument> records) =>
            records.Select(record => $"{record.Name} {record.Type} {record.Ttl} {record.Data}");
        return Write(answer.Rcode, Read(answer.Answer), Read(answer.Authority), Read(answer.Additional));
    }

    private static string Write(string rcode, params IEnumerable<string>[] sections) =>
        $"{rcode} | {string.Join(" | ", sections.Select(records => string.Join(", ", records)))}";
}
