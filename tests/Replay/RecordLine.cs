using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Replay;

/// <summary>
/// A record as scripts write it: <c>owner ttl type data</c>. Where a field is free, <c>*</c> stands for it: priority and weight of an SRV,
/// serial of an SOA.
/// </summary>
internal sealed record RecordLine(string Owner, uint Ttl, RecordType Type, string Data)
{
    /// <summary>Reads a line with or without its <c>@properties</c>, which are left to the caller.</summary>
    public static RecordLine Read(ScriptLine line)
    {
        string[] words = [.. line.Words.TakeWhile(word => word[0] != '@')];
        if (words.Length < 4) throw line.Error("a record is 'owner ttl type data'");
        if (!DnsName.TryParse(words[0], out _, out string? error)) throw line.Error(error);
        if (!words[0].EndsWith('.')) throw line.Error("a name in a record ends in a dot");
        if (!uint.TryParse(words[1], out uint ttl)) throw line.Error($"'{words[1]}' is no TTL");
        if (!RecordTypeText.TryRead(words[2], out RecordType type)) throw line.Error($"'{words[2]}' is no type");
        int dataAt = line.Text.IndexOf(words[2], words[0].Length + words[1].Length, StringComparison.Ordinal) + words[2].Length;
        int end = line.Text.IndexOf(" @", dataAt, StringComparison.Ordinal);
        string data = line.Text[dataAt..(end < 0 ? line.Text.Length : end)].Trim();
        if (!RecordText.TryRead(type, WithNumbers(type, data), out byte[] bytes, out error)) throw line.Error(error);
        return new RecordLine(words[0], ttl, type, RecordText.Write(type, bytes));
    }

    /// <summary>The form in which records are compared.</summary>
    public string Normal() => $"{Owner} {Ttl} {RecordTypeText.Write(Type)} {WithStars(Type, Data)}";

    /// <summary>The words of the data that do not count.</summary>
    private static int[] FreeWords(RecordType type) => type switch
    {
        RecordType.SRV => [0, 1],
        RecordType.SOA => [2],
        _ => [],
    };

    private static string WithStars(RecordType type, string data) => Replace(type, data, _ => "*");

    private static string WithNumbers(RecordType type, string data) => Replace(type, data, word => word == "*" ? "0" : word);

    private static string Replace(RecordType type, string data, Func<string, string> change)
    {
        if (FreeWords(type) is not { Length: > 0 } free) return data;
        string[] words = data.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (int i in free.Where(i => i < words.Length)) words[i] = change(words[i]);
        return string.Join(' ', words);
    }
}
