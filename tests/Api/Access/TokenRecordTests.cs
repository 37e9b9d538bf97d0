using KubeDoH.Api.Hosting.Access;
using KubeDoH.Engine.Entries;
using KubeDoH.Tests.Entries;

namespace KubeDoH.Tests.Api.Access;

/// <summary>The line of a token, and what is said about lines that are none.</summary>
public class TokenRecordTests
{
    private const string Secret = "kdoh_correct-horse-battery-staple";

    private static readonly string Hash = TokenHash.Of(Secret).ToString();

    [Theory]
    [InlineData("ci {} entries:read")]
    [InlineData("ci.2_a-B {} query entries:read entries:write inspect admin")]
    [InlineData("ci {} entries:read entries:write suffix=ci.example. suffix=lab.example. namespace=shop namespace=ops "
        + "expires=2027-01-01T00:00:00Z")]
    public void Line_is_read_and_written_as_it_was(string line)
    {
        string whole = line.Replace("{}", Hash, StringComparison.Ordinal);

        Assert.True(TokenRecord.TryParse(whole, out TokenRecord? record, out string? error), error);
        Assert.Equal(whole, record.ToString());
    }

    [Fact]
    public void Line_is_read_into_its_parts()
    {
        Assert.True(TokenRecord.TryParse(
            $"ci\t{Hash.ToUpperInvariant()}  entries:write suffix=CI.example namespace=shop expires=2027-01-01",
            out TokenRecord? record, out _));

        Assert.Equal(("ci", Scopes.EntriesWrite), (record.Name, record.Scopes));
        Assert.Equal(TokenHash.Of(Secret), record.Hash);
        Assert.Equal(["ci.example."], record.Bounds.Suffixes.Select(suffix => suffix.ToString()));
        Assert.Equal(["shop"], record.Bounds.Namespaces);
        Assert.False(record.IsExpired(new DateTimeOffset(2026, 12, 31, 23, 59, 59, TimeSpan.Zero)));
        Assert.True(record.IsExpired(new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        Assert.Same(EntryBounds.Everything, TestAccess.Token(Secret, "entries:read").Bounds);
    }

    [Theory]
    [InlineData("ci {}", "'ci' has no scope; there are query, entries:read, entries:write, inspect, admin")]
    [InlineData("ci {} entries:reed", "'entries:reed' is neither a scope")]
    [InlineData("ci {} ENTRIES:READ", "'ENTRIES:READ' is neither a scope")]
    [InlineData("ci {} entries:read suffix=a..b", "suffix=a..b: ")]
    [InlineData("ci {} entries:read suffix=", "'suffix=' is neither a scope")]
    [InlineData("ci {} entries:read namespace=Shop", "namespace=Shop is no name of a namespace")]
    [InlineData("ci {} entries:read expires=tomorrow", "expires=tomorrow is no moment such as 2027-01-01T00:00:00Z")]
    [InlineData("ci {} inspect suffix=a.example", "'ci' has bounds and a scope that sees beyond them")]
    [InlineData("ci {} admin namespace=shop", "'ci' has bounds and a scope that sees beyond them")]
    [InlineData("a/b {} entries:read", "a token's name has 1 to 63")]
    [InlineData("system:serviceaccount:a:b {} entries:read", "a token's name has 1 to 63")]
    [InlineData("loopback {} entries:read", "a token's name has 1 to 63")]
    public void Line_that_makes_no_sense_is_refused_with_its_fault(string line, string error)
    {
        Assert.False(TokenRecord.TryParse(line.Replace("{}", Hash, StringComparison.Ordinal), out _, out string? said));
        Assert.StartsWith(error, said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Secret)]
    [InlineData($"ci {Secret} entries:read")]
    [InlineData($"{Secret} ci entries:read")]
    [InlineData($"ci sha256:{Secret} entries:read")]
    [InlineData($"ci sha256:00 {Secret}")]
    [InlineData("")]
    public void Secret_in_the_stead_of_its_hash_is_refused_and_not_repeated(string line)
    {
        Assert.False(TokenRecord.TryParse(line, out _, out string? error));
        Assert.Contains("--new-token", error, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        new[] { "ci", "entries:read", "suffix=ci.example", "expires=90d" }, "entries:read suffix=ci.example. expires=2027-02-21T09:00:00Z")]
    [InlineData(new[] { "ci", "admin", "expires=2030-01-01" }, "admin expires=2030-01-01T00:00:00Z")]
    [InlineData(new[] { "ci", "query" }, "query")]
    public void New_token_is_printed_with_the_line_that_knows_it(string[] words, string rest)
    {
        using StringWriter output = new(), errors = new();

        Assert.Equal(0, NewToken.Run(words, output, errors, EntryTestData.Clock()));

        string[] lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches("^kdoh_[A-Za-z0-9_-]{43}$", lines[0]);
        Assert.Equal([$"ci {TokenHash.Of(lines[0])} {rest}"], lines[1..]);
        Assert.DoesNotContain(lines[0], errors.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ci")]
    [InlineData("ci expires=0d entries:read")]
    [InlineData("ci everything")]
    [InlineData("ci inspect suffix=a.example")]
    public void New_token_of_words_that_make_no_sense_is_none(string words)
    {
        using StringWriter output = new(), errors = new();

        Assert.Equal(1, NewToken.Run(words.Split(' ', StringSplitOptions.RemoveEmptyEntries), output, errors, EntryTestData.Clock()));

        Assert.Equal("", output.ToString());
        Assert.StartsWith("kubedoh: ", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_new_tokens_differ()
    {
        using StringWriter output = new(), errors = new();
        NewToken.Run(["a", "query"], output, errors, TimeProvider.System);
        NewToken.Run(["a", "query"], output, errors, TimeProvider.System);

        string[] lines = output.ToString().Split('\n');
        Assert.NotEqual(lines[0], lines[2]);
    }
}
