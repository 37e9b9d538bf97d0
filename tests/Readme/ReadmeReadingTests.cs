namespace KubeDoH.Tests.Readme;

/// <summary>What the README's test goes by: which blocks there are, and when output is the same.</summary>
public class ReadmeReadingTests
{
    [Theory]
    [InlineData("text", "10.0.0.1\nb", "10.0.0.1\nb\n", true)]
    [InlineData("text", "10.0.0.1", "10.0.0.2", false)]
    [InlineData("text", "10.0.0.1", "10.0.0.1\nmore", false)]
    [InlineData("text", "age: …s", "age: 12s", true)]
    [InlineData("text", "a.b", "axb", false)]
    [InlineData("json", """{"a":[1,{"b":"x"}]}""", """{ "a": [ 1, { "b": "x" } ] }""", true)]
    [InlineData("json", """{"a":1}""", """{"a":2}""", false)]
    [InlineData("json", """{"a":1}""", """{"a":1,"b":2}""", false)]
    [InlineData("json", """{"a":[1]}""", """{"a":[1,2]}""", false)]
    [InlineData("json", """{"a":"…","b":"… o'clock"}""", """{"a":7,"b":"9 o'clock"}""", true)]
    [InlineData("json", """{"a":"… o'clock"}""", """{"a":"9 hours"}""", false)]
    [InlineData("json", "{}", "curl: (7) Failed to connect", false)]
    public void Shown_output_is_compared_by_what_it_says(string language, string shown, string printed, bool matches) =>
        Assert.Equal(matches, ShownOutput.Matches(language, shown, printed));

    [Fact]
    public void Blocks_are_read_with_their_neighbours()
    {
        IReadOnlyList<ReadmeBlock> blocks = ReadmeBlock.ReadAll("```sh\na\nb\n```\n\n```text\nc\n```\nwords\n```json\n{}\n```\n");

        Assert.Equal([new("sh", "a\nb", 2, false), new("text", "c", 7, true), new("json", "{}", 11, false)], blocks);
    }
}
