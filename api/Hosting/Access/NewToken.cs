using System.Globalization;
using System.Security.Cryptography;
using System.Buffers.Text;

namespace KubeDoH.Api.Hosting.Access;

/// <summary>
/// <c>kubedoh --new-token ci entries:read entries:write suffix=ci.example namespace=shop expires=90d</c>: makes a secret, and prints it
/// this once, on a line of its own, and behind it the line for the configuration, which holds its hash.
/// </summary>
internal static class NewToken
{
    public const string Switch = "--new-token";

    /// <summary>Tells a secret of ours from other text, for people and for programs that look for secrets.</summary>
    public const string SecretPrefix = "kdoh_";

    private const int SecretOctets = 32;

    /// <summary>The exit code: 0, or 1 where the words make no sense.</summary>
    /// <param name="words">A name and then the words of a <see cref="TokenRecord"/> behind its hash.</param>
    public static int Run(IReadOnlyList<string> words, TextWriter output, TextWriter errors, TimeProvider time)
    {
        string secret = SecretPrefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretOctets));
        string[] rest = [.. words.Skip(1).Select(word => Settle(word, time))];
        if (!TokenRecord.TryParse(words.Count > 0 ? words[0] : "", TokenHash.Of(secret), rest, out TokenRecord? record, out string? error))
        {
            errors.WriteLine($"kubedoh: {error}");
            errors.WriteLine($"kubedoh {Switch} NAME SCOPE... [suffix=NAME...] [namespace=NAME...] [expires=90d|2027-01-01]");
            return 1;
        }

        output.WriteLine(secret);
        output.WriteLine(record);
        errors.WriteLine("kubedoh: the first line is the secret, which is shown only now; the second belongs into Management:TokenFile");
        return 0;
    }

    /// <summary>Days from now as the moment that they lead to.</summary>
    private static string Settle(string word, TimeProvider time)
    {
        const string key = "expires=";
        if (!word.StartsWith(key, StringComparison.Ordinal) || !word.EndsWith('d')) return word;
        return int.TryParse(word.AsSpan(key.Length..^1), NumberStyles.None, CultureInfo.InvariantCulture, out int days)
            && days is > 0 and <= 36_500
                ? $"{key}{time.GetUtcNow().AddDays(days).UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}"
                : word;
    }
}
