using KubeDoH.Api.Inspect;

namespace KubeDoH.Tests.Api.Inspect;

public class TextPageTests
{
    [Fact]
    public void Long_line_goes_on_under_its_column()
    {
        string page = new TextPage().Line("head   ", string.Join(' ', Enumerable.Repeat("words", 20))).ToString();

        Assert.Equal(["head   " + string.Join(' ', Enumerable.Repeat("words", 12)), "       " + string.Join(
            ' ', Enumerable.Repeat("words", 8)), ""], page.Split('\n'));
    }

    [Fact]
    public void Wide_word_is_not_cut()
    {
        string name = new('a', 100);

        Assert.Equal($"to {name}\n   on\n", new TextPage().Line("to ", $"{name} on").ToString());
    }

    /// <summary>The text of an extended error comes from a server that nobody vouches for, and a terminal obeys escapes.</summary>
    [Fact]
    public void Control_characters_are_not_printed() =>
        Assert.Equal("a?[2Jb ? c?\n", new TextPage().Line("", "a\u001b[2Jb \u009b c\n").ToString());
}
