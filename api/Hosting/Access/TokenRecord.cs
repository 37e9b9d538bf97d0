using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Hosting.Access;

/// <summary>
/// What is known of a token, in a line without commas:
/// <code>
/// ci sha256:2c26… entries:read entries:write suffix=ci.example namespace=shop expires=2027-01-01T00:00:00Z
/// </code>
/// A name; the hash of the secret; scopes; and, where given, names at or below which (<c>suffix=</c>) and namespaces within which
/// (<c>namespace=</c>) entries may be seen and written, each as often as needed, and the moment from which on it counts no more.
/// </summary>
internal sealed record TokenRecord(string Name, TokenHash Hash, Scopes Scopes, EntryBounds Bounds, DateTimeOffset? Expires)
{
    private const int LongestName = 63;

    /// <summary>Names that the history has for others.</summary>
    private static readonly string[] Taken = ["loopback", "unknown", "expiry"];

    public bool IsExpired(DateTimeOffset now) => Expires <= now;

    /// <summary>Reads a line. The error names no word of it that could be a secret.</summary>
    public static bool TryParse(string line, [NotNullWhen(true)] out TokenRecord? record, [NotNullWhen(false)] out string? error)
    {
        record = null;
        string[] words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 2 || !TokenHash.TryParse(words[1], out TokenHash hash))
        {
            error = "no name with a sha256: hash behind it. Secrets do not stand in the configuration: kubedoh --new-token makes one, and "
                + "the line for it";
            return false;
        }

        return TryParse(words[0], hash, words.AsSpan(2), out record, out error);
    }

    /// <param name="words">What follows the hash.</param>
    public static bool TryParse(
        string name, TokenHash hash, ReadOnlySpan<string> words, [NotNullWhen(true)] out TokenRecord? record,
        [NotNullWhen(false)] out string? error)
    {
        Scopes scopes = Scopes.None;
        var suffixes = new List<DnsName>();
        var namespaces = new List<string>();
        DateTimeOffset? expires = null;
        record = null;
        error = IsName(name)
            ? null
            : $"a token's name has 1 to {LongestName} letters, digits, dots, hyphens and underscores, and is not "
                + $"{string.Join(", ", Taken)}";
        foreach (string word in words) error ??= ReadWord(word, ref scopes, suffixes, namespaces, ref expires);
        if (scopes == Scopes.None) error ??= $"'{name}' has no scope; there are {string.Join(", ", ScopeText.Words.Keys)}";
        bool bounded = suffixes.Count > 0 || namespaces.Count > 0;
        if (bounded && (scopes & (Scopes.Inspect | Scopes.Admin)) != 0)
            error ??= $"'{name}' has bounds and a scope that sees beyond them: inspect and admin go without suffix= and namespace=";
        if (error is not null) return false;
        record = new TokenRecord(name, hash, scopes, bounded ? new EntryBounds(suffixes, namespaces) : EntryBounds.Everything, expires);
        return true;
    }

    /// <summary>The line that is read as this.</summary>
    public override string ToString() => string.Join(' ',
    [
        Name,
        Hash.ToString(),
        .. ScopeText.Words.Where(word => Scopes.HasFlag(word.Value)).Select(word => word.Key),
        .. Bounds.Suffixes.Select(suffix => $"suffix={suffix}"),
        .. Bounds.Namespaces.Select(one => $"namespace={one}"),
        .. Expires is { } moment ? [$"expires={moment.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}"] : Array.Empty<string>(),
    ]);

    private static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')
            && !Taken.Contains(name);

    private static string? ReadWord(
        string word, ref Scopes scopes, List<DnsName> suffixes, List<string> namespaces, ref DateTimeOffset? expires)
    {
        if (ScopeText.Words.TryGetValue(word, out Scopes scope))
        {
            scopes |= scope;
            return null;
        }

        string[] parts = word.Split('=', 2);
        switch (parts)
        {
            case ["suffix", { Length: > 0 } text]:
                if (!DnsName.TryParse(text, out DnsName suffix, out string? reason)) return $"suffix={text}: {reason}";
                suffixes.Add(suffix);
                return null;
            case ["namespace", var text]:
                namespaces.Add(text);
                return EntryRules.IsNamespace(text) ? null : $"namespace={text} is no name of a namespace";
            case ["expires", var text]:
                if (!TryReadMoment(text, out DateTimeOffset moment)) return $"expires={text} is no moment such as 2027-01-01T00:00:00Z";
                expires = moment;
                return null;
            default:
                return $"'{word}' is neither a scope ({string.Join(", ", ScopeText.Words.Keys)}) nor suffix=, namespace= or expires=";
        }
    }

    private static bool TryReadMoment(string text, out DateTimeOffset moment) => DateTimeOffset.TryParseExact(
        text, ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out moment);
}
