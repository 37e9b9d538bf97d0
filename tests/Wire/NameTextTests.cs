using System.Text;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Wire;

public sealed class NameTextTests
{
    private static readonly string Label63 = new('a', 63);

    [Theory]
    [InlineData(".", ".")]
    [InlineData("a", "a.")]
    [InlineData("a.b.", "a.b.")]
    [InlineData("WWW.Example", "WWW.Example.")]
    [InlineData(@"a\.b.c", @"a\.b.c.")]
    [InlineData(@"a\\b", @"a\\b.")]
    [InlineData(@"\097\000\255", @"a\000\255.")]
    [InlineData(@"a\ b", @"a\032b.")]
    [InlineData("*._tcp.x", "*._tcp.x.")]
    [InlineData("bücher.example", "xn--bcher-kva.example.")]
    [InlineData("bücher.example.", "xn--bcher-kva.example.")]
    [InlineData("BÜCHER.Example", "xn--bcher-kva.example.")]
    [InlineData("*._dns.bücher", "*._dns.xn--bcher-kva.")]
    public void Name_is_read_and_written(string text, string written) => Assert.Equal(written, NameText.Write(Read(text)));

    [Theory]
    [InlineData("", "the name is empty")]
    [InlineData("..", "the name has an empty label")]
    [InlineData(".a", "the name has an empty label")]
    [InlineData("a..b", "the name has an empty label")]
    [InlineData("a..", "the name has an empty label")]
    [InlineData("a b", "a space or control character must be written as \\DDD")]
    [InlineData("a\\", "the text ends in a backslash")]
    [InlineData("a\\25", "an escape must be \\DDD with DDD from 000 to 255")]
    [InlineData("a\\256", "an escape must be \\DDD with DDD from 000 to 255")]
    [InlineData("a\\\n", "a backslash must stand before a printable ASCII character or three digits")]
    [InlineData("bu\u0308cher", "an accent must be part of its letter, not a combining character")]
    [InlineData("ü\\.b", "a name with non-ASCII letters cannot hold escapes")]
    public void Malformed_name_is_refused(string text, string expected)
    {
        Assert.False(NameText.TryRead(text, new byte[WireName.MaxLength], out _, out string? error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void Name_with_half_a_character_is_refused()
    {
        Assert.False(NameText.TryRead("a\ud800", new byte[WireName.MaxLength], out _, out string? error));
        Assert.Equal("the name is not a valid internationalized name (IDNA)", error);
    }

    [Fact]
    public void Label_is_limited_to_63_octets()
    {
        Assert.Equal(65, Read(Label63).Length);
        Assert.False(NameText.TryRead(Label63 + "a", new byte[WireName.MaxLength], out _, out string? error));
        Assert.Equal("a label is longer than 63 octets", error);
    }

    [Theory]
    [InlineData(60, 254)]
    [InlineData(61, 255)]
    public void Name_of_up_to_255_octets_is_read_with_and_without_its_dot(int lastLabel, int length)
    {
        string text = $"{Label63}.{Label63}.{Label63}.{Label63[..lastLabel]}";
        Assert.Equal(length, Read(text).Length);
        Assert.Equal(length, Read(text + ".").Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    public void Name_of_256_octets_is_refused(string dot)
    {
        string text = $"{Label63}.{Label63}.{Label63}.{Label63[..62]}{dot}";
        Assert.False(NameText.TryRead(text, new byte[WireName.MaxLength], out _, out string? error));
        Assert.Equal("the name is longer than 255 octets", error);
    }

    [Fact]
    public void Longest_text_is_written_only_into_its_full_room()
    {
        string octets = string.Concat(Enumerable.Repeat(@"\255", 63));
        string text = $"{octets}.{octets}.{octets}.{octets[..(61 * 4)]}.";
        byte[] wire = Read(text), room = new byte[text.Length];
        Assert.Equal(text, NameText.Write(wire));
        Assert.True(NameText.TryWrite(wire, room, out int written));
        Assert.Equal(text, Encoding.ASCII.GetString(room, 0, written));
        Assert.False(NameText.TryWrite(wire, room.AsSpan(1), out _));
    }

    private static byte[] Read(string text)
    {
        var wire = new byte[WireName.MaxLength];
        Assert.True(NameText.TryRead(text, wire, out int length, out string? error), error);
        return wire[..length];
    }
}
