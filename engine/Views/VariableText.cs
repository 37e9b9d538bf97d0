using System.Text;

namespace KubeDoH.Engine.Views;

/// <summary>Variables as lines of text.</summary>
internal static class VariableText
{
    /// <summary><c>NAME=value</c>, as <c>env</c> prints them.</summary>
    public static string Write(IReadOnlyDictionary<string, string> variables)
    {
        var text = new StringBuilder();
        foreach ((string name, string value) in variables) text.Append(name).Append('=').Append(value).Append('\n');
        return text.ToString();
    }

    /// <summary>
    /// <c>export NAME='value'</c>, for <c>eval</c> in a shell: quoted, so that nothing in a value means anything to it (POSIX, Shell
    /// Command Language, 2.2.2). A name that is none for a shell (POSIX, Definitions, Name) is told in a comment: a service's name may
    /// begin with a digit.
    /// </summary>
    public static string WriteExports(IReadOnlyDictionary<string, string> variables)
    {
        var text = new StringBuilder();
        foreach ((string name, string value) in variables)
        {
            if (IsName(name))
                text.Append("export ").Append(name)
                    .Append("='").Append(value.Replace("'", "'\\''", StringComparison.Ordinal)).Append("'\n");
            else text.Append("# ").Append([.. name.Select(letter => IsLetter(letter) ? letter : '?')])
                .Append(": no name that a shell takes\n");
        }

        return text.ToString();
    }

    private static bool IsName(string name) => name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(IsLetter);

    private static bool IsLetter(char letter) => char.IsAsciiLetterOrDigit(letter) || letter == '_';
}
