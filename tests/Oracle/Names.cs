namespace KubeDoH.Tests.Oracle;

/// <summary>Names as strings: lower case, ending in a dot.</summary>
internal static class Names
{
    /// <summary>The name as the oracle keeps it.</summary>
    public static string Dot(string name) => (name.EndsWith('.') ? name : name + ".").ToLowerInvariant();

    public static string NoDot(string name) => name.TrimEnd('.');

    /// <summary>Strictly below.</summary>
    public static bool Below(string name, string ancestor) =>
        ancestor == "." ? name != "." : name.Length > ancestor.Length && name.EndsWith("." + ancestor, StringComparison.Ordinal);

    public static bool AtOrBelow(string name, string ancestor) => name == ancestor || Below(name, ancestor);

    /// <summary>The names above a name, nearest first, the root last.</summary>
    public static IEnumerable<string> Ancestors(string name)
    {
        while (name != ".")
        {
            var rest = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..];
            name = rest.Length == 0 ? "." : rest;
            yield return name;
        }
    }

    public static string[] Labels(string name) => NoDot(name).Split('.');

    /// <summary>How many dots the name has when it is written without the last one.</summary>
    public static int Dots(string name) => NoDot(name).Count(c => c == '.');
}
