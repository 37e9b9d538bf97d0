using KubeDoH.Api.Hosting;
using KubeDoH.Api.Hosting.Access;
using KubeDoH.Tests.Entries;
using KubeDoH.Tests.Fakes;
using KubeDoH.Tests.Files;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Api.Access;

/// <summary>Which tokens count, and when a change of their file does.</summary>
public sealed class TokenBookTests : IDisposable
{
    private const string First = "first secret", Second = "second secret";

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = EntryTestData.Clock();
    private readonly LogLines _log = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Tokens_of_the_configuration_and_of_the_file_count_together()
    {
        TokenBook book = Open(Write($"# ours\n\n{Line(First, "one")}\r\n"), TestAccess.Token(Second, name: "two"));

        Assert.Equal("one", book.Find(First)?.Name);
        Assert.Equal("two", book.Find(Second)?.Name);
        Assert.Null(book.Find("third secret"));
        Assert.Null(book.Find(""));
        Assert.Null(book.Find(new string('a', TokenHash.LongestSecret + 1)));
    }

    [Fact]
    public void New_token_of_the_file_counts_at_once()
    {
        TokenBook book = Open(Write(""));
        Assert.Null(book.Find(First));

        Write(Line(First, "one"));

        Assert.Null(book.Find(First));
        Assert.Equal("one", book.FindNew(First)?.Name);
        Assert.Equal("one", book.Find(First)?.Name);
        Assert.Equal(["Information: The tokens were read again; there are 1"], _log.All);
    }

    [Fact]
    public void Token_that_was_taken_out_counts_for_a_second_at_most()
    {
        TokenBook book = Open(Write(Line(First, "one")));
        Assert.NotNull(book.Find(First));

        Write("");
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.NotNull(book.Find(First));
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Null(book.Find(First));
    }

    [Theory]
    [InlineData("two words\n")]
    [InlineData(null)]
    public void File_with_an_error_leaves_what_was_read_in_place_and_is_told_of_once(string? text)
    {
        string path = Write(Line(First, "one"));
        TokenBook book = Open(path);
        if (text is null) File.Delete(path);
        else Write(text);

        for (int i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            Assert.NotNull(book.Find(First));
            Assert.Null(book.Find(Second));
        }

        string line = Assert.Single(_log.All);
        Assert.StartsWith(
            "Error: The tokens were read again and stay as they were: Management:TokenFile: ", line, StringComparison.Ordinal);
        Assert.Contains(path, line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("one {1} admin\nbad\n", ":2: no name with a sha256: hash behind it")]
    [InlineData("one {1} admin\none {2} admin\n", ":2: there are two tokens called 'one'")]
    [InlineData("one {1} admin\ntwo {1} admin\n", ":2: 'two' has the secret of 'one'")]
    [InlineData("set {1} admin\n", ":1: there are two tokens called 'set'")]
    public void Start_is_refused_for_a_file_with_an_error_at_its_place(string text, string error)
    {
        string whole = text.Replace("{1}", $"{TokenHash.Of(First)}", StringComparison.Ordinal)
            .Replace("{2}", $"{TokenHash.Of(Second)}", StringComparison.Ordinal);
        var options = new ManagementOptions { TokenFile = Write(whole), Tokens = [TestAccess.Token("third", name: "set")] };

        Assert.False(TokenBook.TryOpen(options, _time, new LogLines<TokenBook>(_log), out _, out string? said));
        Assert.StartsWith($"Management:TokenFile: {options.TokenFile}{error}", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_is_refused_without_the_file()
    {
        var options = new ManagementOptions { TokenFile = _folder.PathOf("none") };

        Assert.False(TokenBook.TryOpen(options, _time, new LogLines<TokenBook>(_log), out _, out string? said));
        Assert.Equal($"Management:TokenFile: {options.TokenFile}: no such file", said);
    }

    private static string Line(string secret, string name) => $"{TestAccess.Token(secret, "admin", name)}\n";

    private string Write(string text) => _folder.Write("tokens", text);

    private TokenBook Open(string path, params TokenRecord[] configured)
    {
        var options = new ManagementOptions { TokenFile = path, Tokens = configured };
        Assert.True(TokenBook.TryOpen(options, _time, new LogLines<TokenBook>(_log), out TokenBook? book, out string? error), error);
        return book;
    }
}
