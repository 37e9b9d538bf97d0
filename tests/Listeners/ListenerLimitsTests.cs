using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using KubeDoH.Engine.Listeners;

namespace KubeDoH.Tests.Listeners;

/// <summary>The README lists every limit of classic DNS, and the value that is set.</summary>
public sealed partial class ListenerLimitsTests
{
    [Fact]
    public void Every_limit_is_listed_with_its_value()
    {
        var limits = new ListenerLimits();
        IEnumerable<string> set =
            from property in typeof(ListenerLimits).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            select $"| `{property.Name}` | {Show(property.GetValue(limits))} |";

        string section = File.ReadAllText(Repository.PathOf("README.md")).Split("\n## Classic DNS\n")[1].Split("\n## ")[0];

        Assert.Equal(set, LimitRow().Matches(section).Select(row => row.Value));
    }

    private static string Show(object? value) => value switch
    {
        TimeSpan { TotalMinutes: >= 2 } time => $"{time.TotalMinutes:0} min",
        TimeSpan time => $"{time.TotalSeconds:0} s",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    [GeneratedRegex(@"^\| `\w+` \| [^|]+ \|", RegexOptions.Multiline)]
    private static partial Regex LimitRow();
}
