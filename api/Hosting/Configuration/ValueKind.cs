using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using KubeDoH.Api.Hosting.Access;
using KubeDoH.Engine;
using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Forward;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Hosting.Configuration;

/// <summary>How one value is read, printed and described.</summary>
/// <param name="Allowed">What may stand there, as it follows "must be".</param>
/// <param name="Read">The value, or false.</param>
/// <param name="Write">The text that would be read as the value.</param>
internal sealed record ValueKind<T>(string Allowed, ValueKind<T>.Reader Read, Func<T, string> Write)
{
    public delegate bool Reader(string text, [MaybeNullWhen(false)] out T value);

    /// <summary>What is wrong with a text that may hold a secret, and so is not repeated; null where it is.</summary>
    public Func<string, string>? Explain { get; init; }

    /// <summary>The sentence about a text that cannot be read.</summary>
    public string Refuse(string path, string text, string source, string allowed) =>
        Explain is not null ? $"{path}: {Explain(text)} ({source})" : $"{path} must be {allowed}, not '{text}' ({source})";
}

/// <summary>The kinds of values that keys have.</summary>
internal static class ValueKinds
{
    public static readonly ValueKind<string> Text = Checked("a text", _ => true);

    public static readonly ValueKind<string> FilePath = Checked("a path", _ => true);

    public static readonly ValueKind<bool> Flag = new(
        "true or false", (string text, out bool value) => bool.TryParse(text, out value), value => value ? "true" : "false");

    /// <summary>A domain name; kept as it was written.</summary>
    public static readonly ValueKind<string> Name = Checked("a domain name", text => DnsName.TryParse(text, out _, out _));

    /// <summary>A cluster domain.</summary>
    public static readonly ValueKind<string> Zone = Checked(
        $"a domain name of {KubernetesOptions.MaxZoneSize} octets at most, so that the longest name of a service below it is one",
        text => DnsName.TryParse(text, out DnsName name, out _) && name.Span.Length is > 1 and <= KubernetesOptions.MaxZoneSize);

    public static readonly ValueKind<string> Namespace = Checked("a namespace's name", EntryRules.IsNamespace);

    /// <summary>As <c>kubectl -l</c> has it.</summary>
    public static readonly ValueKind<string> Selector = Checked(
        "a label selector: key, !key, key=value, key!=value, key in (a,b), key notin (a,b), joined by commas",
        text => LabelSelector.TryParse(text, out _, out _));

    /// <summary>Of an HTTP server, with nothing secret in it.</summary>
    public static readonly ValueKind<string> Url = Checked(
        "an http or https URL, such as https://192.0.2.1:6443",
        text => Uri.TryCreate(text, UriKind.Absolute, out Uri? url)
            && url is { Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" });

    /// <summary>IPv4 in four decimals, IPv6 without brackets.</summary>
    public static readonly ValueKind<string> Address = Checked(
        "an IP address",
        text => !text.Contains('[') && IPAddress.TryParse(text, out IPAddress? address)
            && (text.Contains(':') || text == address.ToString()));

    /// <summary>An upstream, by the port of its transport where none is given.</summary>
    public static readonly ValueKind<string> Server = Checked(
        "an address such as 192.0.2.1, [2001:db8::1]:5353, tcp://192.0.2.1, tls://192.0.2.1#dns.example, https://192.0.2.1/dns-query "
        + "or https://dns.example/dns-query#192.0.2.1",
        text => UpstreamServer.TryParse(text, out _, out _));

    /// <summary>A name server in the clear.</summary>
    public static readonly ValueKind<string> PlainServer = Checked(
        "an address such as 192.0.2.1, [2001:db8::1]:5353 or tcp://192.0.2.1",
        text => UpstreamServer.TryParse(text, out UpstreamServer? server, out _)
            && server.Transport is UpstreamTransport.Udp or UpstreamTransport.Tcp);

    public static readonly ValueKind<string> Source = new(
        $"one of {string.Join(", ", EngineOptions.DefaultOrder)}",
        (string text, [MaybeNullWhen(false)] out string value) =>
            (value = EngineOptions.DefaultOrder.FirstOrDefault(
                source => source.Equals(text, StringComparison.OrdinalIgnoreCase))) is not null,
        text => text);

    public static readonly ValueKind<ListenAddress> Listen = new(
        "an address and a port, such as 127.0.0.1:8053, [::1]:8053, localhost:8053 (both loopbacks) or *:8053 (any)", TryReadListen,
        address => address.ToString());

    public static readonly ValueKind<DnsListenAddress> DnsListen = new(
        "an address and a port, such as 127.0.0.1:53, [::1]:53, localhost:53 (both loopbacks) or *:53 (any), and maybe ;ns=NAMESPACE "
        + "behind it",
        TryReadDnsListen, address => address.ToString());

    /// <summary>An address, or all that begin as it does.</summary>
    public static readonly ValueKind<Network> NetworkOrAddress = new(
        "an address or a network, such as 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32", Network.TryParse, network => network.ToString());

    /// <summary>A token's name, the hash of its secret, and what it may.</summary>
    public static readonly ValueKind<TokenRecord> Token = new(
        "a line that kubedoh --new-token printed",
        (string text, [MaybeNullWhen(false)] out TokenRecord value) => TokenRecord.TryParse(text, out value, out _),
        record => record.ToString())
    {
        Explain = text => TokenRecord.TryParse(text, out _, out string? error) ? "" : error,
    };

    public static ValueKind<int> Integer(int least, int most) => new(
        $"a whole number from {least} to {most}",
        (string text, out int value) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least && value <= most,
        value => value.ToString(CultureInfo.InvariantCulture));

    /// <summary>0, or bytes: a number, alone or with KB, MB or GB behind it, each 1024 of the one before.</summary>
    public static ValueKind<long> Size(long least, long most) => new(
        $"0, or a size from {WriteSize(least)} to {WriteSize(most)}, such as {WriteSize(64 << 20)}",
        (string text, out long value) => TryReadSize(text, out value) && (value == 0 || (value >= least && value <= most)),
        WriteSize);

    /// <summary>A number with ms, s, m or h behind it, or hh:mm:ss.</summary>
    public static ValueKind<TimeSpan> Duration(TimeSpan least, TimeSpan most) => new(
        $"a duration from {WriteDuration(least)} to {WriteDuration(most)}, such as 500ms, 2s, 5m, 1h or 00:00:02",
        (string text, out TimeSpan value) => TryReadDuration(text, out value) && value >= least && value <= most,
        WriteDuration);

    /// <summary>One of some words, in any case.</summary>
    public static ValueKind<T> Word<T>(params T[] offered)
        where T : struct, Enum => new(
            $"one of {string.Join(", ", offered.Select(WriteWord))}",
            (string text, out T value) =>
                Enum.TryParse(text, ignoreCase: true, out value) && !char.IsAsciiDigit(text[0]) && offered.Contains(value),
            WriteWord);

    /// <summary>Kept as it was written.</summary>
    private static ValueKind<string> Checked(string allowed, Predicate<string> isValid) =>
        new(allowed, (string text, [MaybeNullWhen(false)] out string value) => (value = text).Length > 0 && isValid(text), text => text);

    /// <summary>Names of constants as they are written in the configuration: hostnameOnly, incluster as one word.</summary>
    private static string WriteWord<T>(T word)
        where T : struct, Enum
    {
        string name = word.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    private static bool TryReadListen(string text, [MaybeNullWhen(false)] out ListenAddress value)
    {
        value = null;
        int colon = text.LastIndexOf(':');
        ReadOnlySpan<char> portText = text.AsSpan(colon + 1);
        if (colon < 1 || !ushort.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)) return false;
        string host = text[..colon].ToLowerInvariant();
        bool bracketed = host is ['[', .., ']'];
        if (bracketed) host = host[1..^1];
        bool valid = host == "*" || (host == "localhost" && port != 0)
            || (IPAddress.TryParse(host, out _) && host.Contains(':') == bracketed && (bracketed || host.Count(c => c == '.') == 3));
        if (valid) value = new ListenAddress(host, port);
        return valid;
    }

    private static bool TryReadDnsListen(string text, [MaybeNullWhen(false)] out DnsListenAddress value)
    {
        const string View = "ns=";
        value = null;
        string[] parts = text.Split(';', StringSplitOptions.TrimEntries);
        if (parts.Length > 2 || !TryReadListen(parts[0], out ListenAddress? address) || address.Port == 0) return false;
        string? view = parts.Length < 2 ? null : parts[1];
        if (view is not null && !(view.StartsWith(View, StringComparison.OrdinalIgnoreCase) && EntryRules.IsNamespace(view[View.Length..])))
            return false;
        value = new DnsListenAddress(address, view?[View.Length..]);
        return true;
    }

    private static bool TryReadDuration(string text, out TimeSpan value)
    {
        if (text.Contains(':')) return TimeSpan.TryParseExact(text, ["c", @"h\:mm\:ss"], CultureInfo.InvariantCulture, out value);
        int digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        value = default;
        if (digits is < 1 or > 8) return false;
        long count = long.Parse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture);
        long unit = text.AsSpan(digits) switch { "ms" => 1, "s" => 1000, "m" => 60_000, "h" => 3_600_000, _ => 0 };
        value = TimeSpan.FromMilliseconds(count * unit);
        return unit > 0;
    }

    private static bool TryReadSize(string text, out long value)
    {
        int end = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        string unit = end < 0 ? "" : text[end..].Trim().ToUpperInvariant();
        int shift = unit switch { "" or "B" => 0, "KB" => 10, "MB" => 20, "GB" => 30, _ => -1 };
        ReadOnlySpan<char> digits = end < 0 ? text : text.AsSpan(0, end);
        bool valid = shift >= 0 && digits.Length is > 0 and <= 12;
        value = valid ? long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture) << Math.Max(shift, 0) : 0;
        return valid && value >= 0;
    }

    private static string WriteSize(long value) => value switch
    {
        0 => "0",
        _ when value % (1 << 30) == 0 => $"{value >> 30}GB",
        _ when value % (1 << 20) == 0 => $"{value >> 20}MB",
        _ when value % (1 << 10) == 0 => $"{value >> 10}KB",
        _ => $"{value}",
    };

    private static string WriteDuration(TimeSpan value) => value switch
    {
        { TotalMilliseconds: var ms } when ms % 1000 != 0 => $"{(long)ms}ms",
        { TotalSeconds: var s } when s % 3600 == 0 && s > 0 => $"{(long)s / 3600}h",
        _ => $"{(long)value.TotalSeconds}s",
    };
}
