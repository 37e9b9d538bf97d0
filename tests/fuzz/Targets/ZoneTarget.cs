using System.Text;
using KubeDoH.Engine.Wire;
using KubeDoH.Engine.Wire.Zones;

namespace KubeDoH.Tests.Fuzz;

/// <summary>A zone file gives records and sentences, and what it says is written as a zone file that says the same.</summary>
internal static class ZoneTarget
{
    /// <summary>A few octets of $GENERATE make many records: more tell nothing new.</summary>
    private const int MostRecords = 1000;

    private static readonly DnsName Origin = DnsName.Parse("o.example");

    public static void Read(byte[] input)
    {
        int lines = input.Count(octet => octet == '\n') + 1;
        var written = new StringBuilder();
        var records = new List<ZoneRecord>();
        foreach (ZoneRecord record in ReadAll(Encoding.UTF8.GetString(input), Origin))
        {
            Broken.If(record.Line < 1 || record.Line > lines, $"a record of line {record.Line} of {lines}");
            Broken.If(record.Problem is { Length: 0 }, "refused without a word");
            Broken.If(record.Problem is null != record.Text is not null, "neither a record nor a problem");
            if (record.Problem is not null) continue;
            records.Add(record);
            written.Append(System.Globalization.CultureInfo.InvariantCulture,
                $"{record.Name} {record.Ttl} IN {RecordTypeText.Write(record.Type)} {record.Text}\n");
        }

        List<ZoneRecord> again = [.. ReadAll(written.ToString(), null)];
        Broken.If(again.Count != records.Count, $"{records.Count} records were written and {again.Count} read back");
        foreach ((ZoneRecord first, ZoneRecord second) in records.Zip(again))
            Broken.If((first.Name, first.Type, first.Text) != (second.Name, second.Type, second.Text),
                $"{first} was written and reads as {second}");
    }

    private static IEnumerable<ZoneRecord> ReadAll(string text, DnsName? origin)
    {
        var reader = new ZoneReader(new StringReader(text), origin);
        for (int count = 0; count < MostRecords && reader.TryRead(out ZoneRecord record); count++)
        {
            yield return record;
            if (record.IsFatal) yield break;
        }
    }
}
