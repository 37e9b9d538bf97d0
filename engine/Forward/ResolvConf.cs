using System.Globalization;
using System.Net;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Forward;

/// <summary>
/// The text of a resolv.conf(5). One keyword a line, the rest of a line from a word that starts with <c>#</c> or <c>;</c> is comment:
/// <code>
/// nameserver ADDRESS        one server; may be repeated, order counts
/// search DOMAIN...          the search list; the last search or domain line wins
/// domain DOMAIN             a search list of one
/// options WORD...           ndots:N (to 15), timeout:N (to 30), attempts:N (to 5), trust-ad; other words are passed over
/// </code>
/// A missing or empty file names no server: nothing is made up in its stead, as that would show names to a stranger.
/// </summary>
internal sealed class ResolvConf
{
    /// <summary>glibc's caps and defaults (resolv.conf(5), options).</summary>
    private const int MaxNdots = 15, MaxTimeout = 30, MaxAttempts = 5;

    private readonly List<IPAddress> _nameservers = [];
    private readonly List<DnsName> _search = [];
    private readonly List<string> _options = [];
    private bool _isDomain;
    private readonly List<ResolvConfProblem> _problems = [];

    private ResolvConf()
    {
    }

    /// <summary>Every valid nameserver line in order, beyond the three that glibc uses.</summary>
    public IReadOnlyList<IPAddress> Nameservers => _nameservers;

    public IReadOnlyList<DnsName> Search => _search;

    /// <summary>The same where a search line says it; a kubelet passes over domain lines.</summary>
    public IReadOnlyList<DnsName> SearchLine => _isDomain ? [] : _search;

    /// <summary>The words of the last options line, which is the one that a kubelet takes.</summary>
    public IReadOnlyList<string> Options => _options;

    /// <summary>The option <c>trust-ad</c>: the servers validate, and the way to them is safe.</summary>
    public bool TrustsAd { get; private set; }

    public int Ndots { get; private set; } = 1;

    /// <summary>Seconds.</summary>
    public int Timeout { get; private set; } = 5;

    public int Attempts { get; private set; } = 2;

    /// <summary>What was passed over, and why.</summary>
    public IReadOnlyList<ResolvConfProblem> Problems => _problems;

    public static ResolvConf Parse(string text)
    {
        var conf = new ResolvConf();
        int line = 0;
        foreach (ReadOnlySpan<char> content in text.AsSpan().EnumerateLines()) conf.ReadLine(++line, Words(content));
        return conf;
    }

    private static string[] Words(ReadOnlySpan<char> line)
    {
        string[] words = line.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        int comment = Array.FindIndex(words, word => word[0] is '#' or ';');
        return comment < 0 ? words : words[..comment];
    }

    private void ReadLine(int line, string[] words)
    {
        if (words.Length == 0) return;
        ReadOnlySpan<string> values = words.AsSpan(1);
        switch (words[0])
        {
            case "nameserver" when values.Length == 1:
                if (ServerAddress.TryRead(values[0], out IPAddress? address, out string? error)) _nameservers.Add(address);
                else Report(line, error);
                break;
            case "search" when values.Length > 0:
            case "domain" when values.Length == 1:
                ReadSearch(line, values);
                _isDomain = words[0] == "domain";
                break;
            case "options":
                _options.Clear();
                _options.AddRange(values);
                foreach (string option in values) ReadOption(line, option);
                break;
            case "sortlist":
                break;
            case "nameserver" or "search" or "domain":
                Report(line, $"'{words[0]}' must be followed by {(words[0] == "search" ? "domains" : "one value")}");
                break;
            default:
                Report(line, $"the keyword '{words[0]}' is unknown");
                break;
        }
    }

    private void ReadSearch(int line, ReadOnlySpan<string> domains)
    {
        _search.Clear();
        foreach (string domain in domains)
        {
            if (DnsName.TryParse(domain, out DnsName name, out string? error)) _search.Add(name);
            else Report(line, $"'{domain}': {error}");
        }
    }

    private void ReadOption(int line, string option)
    {
        int colon = option.IndexOf(':', StringComparison.Ordinal);
        string key = colon < 0 ? option : option[..colon];
        TrustsAd |= option == "trust-ad";
        if (key is not ("ndots" or "timeout" or "attempts")) return;
        if (colon < 0 || !int.TryParse(option.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int value))
        {
            Report(line, $"the option '{option}' needs a number, as in '{key}:2'");
            return;
        }

        if (key == "ndots") Ndots = Math.Min(value, MaxNdots);
        else if (key == "timeout") Timeout = Math.Clamp(value, 1, MaxTimeout);
        else Attempts = Math.Clamp(value, 1, MaxAttempts);
    }

    private void Report(int line, string text) => _problems.Add(new ResolvConfProblem(line, text));
}

/// <summary>A line that was passed over.</summary>
/// <param name="Line">From 1.</param>
internal sealed record ResolvConfProblem(int Line, string Text);
