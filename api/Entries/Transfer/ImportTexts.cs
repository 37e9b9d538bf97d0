using System.Net.Sockets;
using System.Text;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Hosts;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using KubeDoH.Engine.Wire.Zones;

namespace KubeDoH.Api.Entries.Transfer;

/// <summary>Why a text cannot be imported at all, where a line alone would not be enough to leave out.</summary>
/// <param name="IsMalformed">It is not what its media type says.</param>
internal sealed record ImportFault(string Reason, bool IsMalformed);

/// <summary>Reads what an import holds: hosts(5) and zone files; <see cref="JsonImport"/> reads JSON.</summary>
internal static class ImportTexts
{
    /// <summary>Octets of a line of a hosts file.</summary>
    private const int MaxHostsLine = 16 * 1024;

    /// <summary>Adds what the text says; the fault when it cannot be told.</summary>
    public static ImportFault? Read(TransferForm form, ArraySegment<byte> text, DnsName? origin, EntryImport import)
    {
        if (form == TransferForm.Json) return JsonImport.Read(text, import);
        if (form == TransferForm.Zone) return ReadZone(text, origin, import);
        ReadHosts(text, import);
        return null;
    }

    /// <summary>The first name of a line is what its address leads back to, the others are not, as hosts files have it.</summary>
    private static void ReadHosts(ReadOnlySpan<byte> text, EntryImport import)
    {
        int number = 0;
        foreach (Range range in text.Split((byte)'\n'))
        {
            number++;
            if (import.IsFull) return;
            ReadHostsLine(text[range], number, import);
        }
    }

    private static void ReadHostsLine(ReadOnlySpan<byte> octets, int number, EntryImport import)
    {
        int comment = octets.IndexOf((byte)'#');
        if (comment >= 0) octets = octets[..comment];
        if (octets.Length > MaxHostsLine)
        {
            import.Skip(number, $"the line is longer than {MaxHostsLine} octets");
            return;
        }

        string line = Encoding.UTF8.GetString(octets).TrimStart('\uFEFF');
        if (line.Contains('\uFFFD', StringComparison.Ordinal))
        {
            import.Skip(number, "the line is not UTF-8");
            return;
        }

        AddressLine? read = HostsText.ReadLine(line, reason => import.Skip(number, reason));
        if (read is null) Spare(line, import);
        foreach ((int index, DnsName name) in (read?.Names ?? []).Index())
        {
            RecordType type = read!.Address.AddressFamily == AddressFamily.InterNetworkV6 ? RecordType.AAAA : RecordType.A;
            import.AddRecord(number, new EntryKey(name, type), null, read.Address.ToString(), autoPtr: index == 0);
        }
    }

    /// <summary>A line whose address is wrong still says which names it is about.</summary>
    private static void Spare(string line, EntryImport import)
    {
        foreach (string word in line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Skip(1))
            if (DnsName.TryParse(word, out DnsName name, out _)) import.Spare(name);
    }

    private static ImportFault? ReadZone(ArraySegment<byte> text, DnsName? origin, EntryImport import)
    {
        using var reader = new StreamReader(new MemoryStream(text.Array!, text.Offset, text.Count, writable: false), Encoding.UTF8);
        var zone = new ZoneReader(reader, origin);
        while (!import.IsFull && zone.TryRead(out ZoneRecord record))
        {
            if (record.IsFatal) return new ImportFault($"line {record.Line}: {record.Problem}", IsMalformed: false);
            if (record.Problem is not null) import.Skip(record.Line, record.Problem, record.Name);
            else if (record.Type is RecordType.SOA or RecordType.NS)
                import.LeaveOut(
                    record.Line, $"{RecordTypeText.Write(record.Type)} belongs to a zone and its servers, and entries have none");
            else import.AddRecord(record.Line, new EntryKey(record.Name!.Value, record.Type), record.Ttl, record.Text!);
        }

        return null;
    }
}
