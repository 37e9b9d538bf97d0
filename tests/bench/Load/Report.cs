using System.Globalization;

namespace KubeDoH.Bench.Load;

/// <summary>Lines of a Markdown table as they come, and whether every budget was met.</summary>
internal sealed class Report
{
    public bool Met { get; private set; } = true;

    public static void Begin(string title, params string[] columns) =>
        Console.WriteLine($"\n{title}\n\n| {string.Join(" | ", columns)} |\n|{string.Concat(columns.Select(_ => " --- |"))}");

    public static void Row(params string[] cells) => Console.WriteLine($"| {string.Join(" | ", cells)} |");

    /// <summary>A budget's last cell: <c>met</c> or <c>missed</c>.</summary>
    public string Judge(bool met)
    {
        Met &= met;
        return met ? "met" : "missed";
    }

    public static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>Such as <c>62,000/s 7.9 µs</c>.</summary>
    public static string Load(LoadResult result) => $"{Number(result.PerSecond, "N0")}/s {Number(result.CpuMicroseconds, "0.0")} µs";

    /// <summary>Such as <c>0.94 (0.91)</c>: by throughput, and by processor time.</summary>
    public static string Ratio(Comparison comparison) => $"{Number(comparison.Ratio, "0.00")} ({Number(comparison.CpuRatio, "0.00")})";
}
