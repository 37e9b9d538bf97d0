using System.Net;
using System.Net.Sockets;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Hosts;

/// <summary>A line of a hosts file that says nothing usable, or a file that cannot be read.</summary>
/// <param name="Line">1 for the first; 0 when the file as a whole is meant.</param>
public sealed record HostsProblem(string Path, int Line, string Message)
{
    public override string ToString() => Line == 0 ? Message : $"{Path}:{Line}: {Message}";
}

/// <summary>
/// Reads hosts(5): an address, a canonical name, aliases, separated by blanks; <c>#</c> starts a comment. A bad line is reported and
/// left out; so is a bad name of a line whose other names are good.
/// </summary>
public static class HostsText
{
    /// <summary>Problems beyond these are counted, not described.</summary>
    public const int MaxProblems = SourcePart.MaxProblems;

    private static readonly char[] Blanks = [' ', '\t', '\r', '\f', '\v'];

    public static IReadOnlyList<AddressLine> Read(string path, string text, ICollection<HostsProblem> problems) =>
        Read(path, text, problems, out _);

    /// <param name="skipped">How many addresses and names were left out, beyond <see cref="MaxProblems"/> too.</param>
    public static IReadOnlyList<AddressLine> Read(string path, string text, ICollection<HostsProblem> problems, out int skipped)
    {
        int count = 0;
        var lines = new List<AddressLine>();
        int number = 0;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            number++;
            if (ReadLine(line, Report) is { } read) lines.Add(read with { File = path, Line = number });
        }

        skipped = count;
        return lines;

        void Report(string message)
        {
            if (++count <= MaxProblems) problems.Add(new HostsProblem(path, number, message));
        }
    }

    /// <summary>What one line says; null for a line that says nothing, or nothing usable.</summary>
    /// <param name="report">Takes a sentence for each part of the line that was left out.</param>
    public static AddressLine? ReadLine(ReadOnlySpan<char> line, Action<string> report)
    {
        int comment = line.IndexOf('#');
        string[] words = (comment < 0 ? line : line[..comment]).ToString().Split(Blanks, StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 0 ? null : ReadWords(words, report);
    }

    private static AddressLine? ReadWords(string[] words, Action<string> report)
    {
        if (!TryReadAddress(words[0], out IPAddress? address))
        {
            report($"'{words[0]}' is no IPv4 or IPv6 address");
            return null;
        }

        if (words.Length == 1) report($"the address {words[0]} has no name");
        var names = new List<DnsName>();
        foreach (string word in words.AsSpan(1))
        {
            if (!DnsName.TryParse(word, out DnsName name, out string? error)) report($"'{word}': {error}");
            else if (name == DnsName.Root) report("the root cannot have an address");
            else if (WireName.FirstLabel(name.Span) is [(byte)'*']) report($"'{word}': a hosts file has no wildcards; make it an entry");
            else names.Add(name);
        }

        return names.Count > 0 ? new AddressLine(address!, names) : null;
    }

    /// <summary>Four decimal octets, or IPv6 with or without a zone id (which is dropped: an answer cannot carry it).</summary>
    private static bool TryReadAddress(string text, out IPAddress? address)
    {
        int zone = text.IndexOf('%', StringComparison.Ordinal);
        if (!IPAddress.TryParse(zone > 0 ? text[..zone] : text, out address)) return false;
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? !text.Contains('[', StringComparison.Ordinal)
            : zone < 0 && text.Count(c => c == '.') == 3 && text == address.ToString();
    }
}
