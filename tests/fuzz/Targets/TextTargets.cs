using System.Text;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Hosts;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Fuzz;

/// <summary>Text: names, records, hosts files, resolv.conf.</summary>
internal static class TextTargets
{
    /// <summary>A name that is read is written as text that reads as the same name.</summary>
    public static void Name(byte[] input)
    {
        Span<byte> wire = stackalloc byte[WireName.MaxLength], again = stackalloc byte[WireName.MaxLength];
        if (!NameText.TryRead(Encoding.UTF8.GetString(input), wire, out int length, out string? error))
        {
            Broken.If(string.IsNullOrEmpty(error), "refused without a word");
            return;
        }

        Broken.If(WireName.Measure(wire[..length]) != length, "not a whole name");
        string text = NameText.Write(wire[..length]);
        Broken.If(!NameText.TryRead(text, again, out int reread, out error), $"'{text}' was written and is refused: {error}");
        Broken.If(!wire[..length].SequenceEqual(again[..reread]), $"'{text}' reads as another name");
    }

    /// <summary>A type, a blank, a record: what is read is valid, and is written as text that reads as the same data.</summary>
    public static void Record(byte[] input)
    {
        string line = Encoding.UTF8.GetString(input);
        int blank = line.IndexOf(' ', StringComparison.Ordinal);
        if (blank < 0 || !RecordTypeText.TryRead(line.AsSpan(0, blank), out RecordType type)) return;
        if (!RecordText.TryRead(type, line.AsSpan(blank + 1), out byte[] data, out string? error))
        {
            Broken.If(string.IsNullOrEmpty(error), "refused without a word");
            return;
        }

        Broken.If(!RecordData.IsValid(type, data), "data that is not valid was read");
        string text = RecordText.Write(type, data);
        Broken.If(!RecordText.TryRead(type, text, out byte[] read, out error), $"'{text}' was written and is refused: {error}");
        SameData(type, data, read, text);
    }

    /// <summary>A hosts file gives a table and sentences.</summary>
    public static void Hosts(byte[] input)
    {
        var problems = new List<HostsProblem>();
        IReadOnlyList<AddressLine> lines = HostsText.Read("hosts", Encoding.UTF8.GetString(input), problems);
        Broken.If(problems.Count > HostsText.MaxProblems + 1, $"{problems.Count} problems");
        Broken.If(problems.Exists(problem => problem.Line < 1 || problem.Message.Length == 0), "a problem names no place or no reason");
        NameTable table = NameTable.Build("hosts", 30, lines, pointers: true);
        foreach (AddressLine line in lines)
        {
            foreach (DnsName name in line.Names) Broken.If(table.Find(name.Span) is null, $"{name} is not found");
            Broken.If(table.Find(ReverseName.Write(AddressKey.Of(line.Address)).Span) is null, $"{line.Address} has no name");
        }
    }

    /// <summary>A resolv.conf gives servers, a list and sentences, all within glibc's caps.</summary>
    public static void ResolvConf(byte[] input)
    {
        ResolvConf conf = Engine.Forward.ResolvConf.Parse(Encoding.UTF8.GetString(input));
        Broken.If(conf is not { Ndots: >= 0 and <= 15, Timeout: >= 1 and <= 30, Attempts: >= 1 and <= 5 }, "an option is beyond its cap");
        Broken.If(conf.Problems.Any(problem => problem.Line < 1 || problem.Text.Length == 0), "a problem names no place or no reason");
        Broken.If(conf.Search.Any(name => WireName.Measure(name.Span) != name.Span.Length), "a search domain is not a name");
    }

    /// <summary>Names in data are read in lower case; all else comes back octet by octet.</summary>
    public static void SameData(RecordType type, ReadOnlySpan<byte> data, ReadOnlySpan<byte> read, string text)
    {
        bool hasNames = RecordFormat.Of(type) is { HasNames: true };
        bool same = hasNames ? Lower(data).AsSpan().SequenceEqual(Lower(read)) : data.SequenceEqual(read);
        Broken.If(!same, $"{type} {Convert.ToHexString(data)} is written as '{text}', which reads as {Convert.ToHexString(read)}");
    }

    private static byte[] Lower(ReadOnlySpan<byte> octets)
    {
        byte[] lower = octets.ToArray();
        WireName.ToLower(octets, lower);
        return lower;
    }
}
