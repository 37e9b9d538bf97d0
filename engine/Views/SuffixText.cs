using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Views;

/// <summary>Search suffixes as text: without the last dot, but for the root.</summary>
internal static class SuffixText
{
    public static string Of(DnsName name) => name == DnsName.Root ? "." : name.ToString().TrimEnd('.');

    /// <summary>
    /// True for what a resolver takes for one suffix. An object of the cluster may hold any text: one with a blank or a line break in it
    /// would be several words of the file, or lines.
    /// </summary>
    public static bool TryRead(string text, out DnsName name)
    {
        name = default;
        return IsWord(text) && DnsName.TryParse(text, out name, out _);
    }

    /// <summary>True for printable ASCII without a blank: what is one word of a file.</summary>
    public static bool IsWord(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange('!', '~');
}
