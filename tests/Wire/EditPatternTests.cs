using System.Text;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Wire;

public class EditPatternTests
{
    [Theory]
    [InlineData("web", "web", 0)]
    [InlineData("web", "wbe", 1)]
    [InlineData("web", "we", 1)]
    [InlineData("web", "webb", 1)]
    [InlineData("web", "wob", 1)]
    [InlineData("checkout", "chekcuot", 2)]
    [InlineData("", "ab", 2)]
    [InlineData("ca", "abc", 3)]
    public void Edits_are_counted(string a, string b, int edits) =>
        Assert.Equal(edits, new EditPattern(Encoding.ASCII.GetBytes(a)).DistanceTo(Encoding.ASCII.GetBytes(b), most: 9));

    /// <summary>Against the definition, written down plainly; and beyond the most that is asked for, only that it is beyond.</summary>
    [Fact]
    public void Edits_of_random_labels_are_those_of_the_definition()
    {
        var random = new Random(7);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] a = Label(random), b = Label(random);
            int expected = ByDefinition(a, b), most = random.Next(4);

            int edits = new EditPattern(a).DistanceTo(b, most);

            if (expected <= most) Assert.Equal(expected, edits);
            else Assert.True(edits > most, $"{edits} for {expected}, at most {most}");
        }
    }

    [Fact]
    public void Longest_label_has_room()
    {
        byte[] longest = [.. Enumerable.Range(0, 63).Select(i => (byte)('a' + (i % 26)))];

        Assert.Equal(1, new EditPattern(longest).DistanceTo([.. longest[..40], (byte)'0', .. longest[41..]], most: 2));
        Assert.Equal(1, new EditPattern(longest).DistanceTo(longest.AsSpan(0, 62), most: 2));
        Assert.Equal(0, new EditPattern(longest).DistanceTo(longest, most: 0));
    }

    [Theory]
    [InlineData("Hosts:Files", "hosts:fiels", 1)]
    [InlineData("hosts:files", "HOSTS:FILES", 0)]
    [InlineData("", "", 0)]
    [InlineData("caf\u00e9", "CAF\u00c9s", 1)]
    public void Case_of_texts_does_not_count(string a, string b, int edits) =>
        Assert.Equal(edits, new EditPattern(a).DistanceTo(b, most: 9));

    [Fact]
    public void Of_long_words_the_beginning_counts()
    {
        string beginning = string.Concat(Enumerable.Repeat("pod-of-a", EditPattern.Longest / 8));

        Assert.Equal(0, new EditPattern(beginning + "-7d4f9").DistanceTo(beginning + "-x", most: 2));
        Assert.Equal(1, new EditPattern(beginning + "-7d4f9").DistanceTo("x" + beginning[1..], most: 2));
    }

    private static byte[] Label(Random random) => [.. Enumerable.Range(0, random.Next(9)).Select(_ => (byte)('a' + random.Next(3)))];

    private static int ByDefinition(byte[] a, byte[] b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                int least = i == 0 ? j : j == 0 ? i : int.MaxValue;
                if (i > 0) least = Math.Min(least, table[i - 1, j] + 1);
                if (j > 0) least = Math.Min(least, table[i, j - 1] + 1);
                if (i > 0 && j > 0) least = Math.Min(least, table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) least = Math.Min(least, table[i - 2, j - 2] + 1);
                table[i, j] = least;
            }
        }

        return table[a.Length, b.Length];
    }
}
