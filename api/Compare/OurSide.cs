using KubeDoH.Api.Inspect;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Compare;

/// <summary>This service's answer in the form that the other's has.</summary>
internal static class OurSide
{
    /// <param name="found">
    /// The candidate of the search list that the answer is for; the name that was asked where there was no search.
    /// </param>
    public static CompareSideDocument Of(Answer answer, Query query, DnsName found)
    {
        string asked = NameText.Write(query.Name), name = found.ToString();
        IEnumerable<AnswerRecordDocument> records = AnswerRecordDocument.Read(answer, query.Name, Section.Answer).Select(Plain);
        if (name != asked) records = UnderFoundName(records, asked, name);
        AnswerRecordDocument? soa = AnswerRecordDocument.Read(answer, query.Name, Section.Authority)
            .FirstOrDefault(record => record.Type == "SOA");
        return new CompareSideDocument(
            RcodeText.Write(answer.Rcode), name, answer.Source, answer.Error?.Text, [.. records], soa is null ? null : Plain(soa));
    }

    /// <summary>Without the alias that leads from a short name to the one that was found, which nobody but this service sends.</summary>
    private static IEnumerable<AnswerRecordDocument> UnderFoundName(
        IEnumerable<AnswerRecordDocument> records, string asked, string found) => records
        .Where(record => (record.Name, record.Type, record.Data) != (asked, "CNAME", found))
        .Select(record => record.Name == asked ? record with { Name = found } : record);

    /// <summary>Names in lower case, in owner and data.</summary>
    private static AnswerRecordDocument Plain(AnswerRecordDocument record) =>
        DnsName.TryParse(record.Name, out DnsName owner, out _) && RecordTypeText.TryRead(record.Type, out RecordType type)
        && RecordText.TryRead(type, record.Data, out byte[] data, out _)
            ? record with { Name = owner.ToString(), Data = RecordText.Write(type, data) }
            : record;
}
