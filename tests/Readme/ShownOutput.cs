using System.Text.Json;
using System.Text.RegularExpressions;

namespace KubeDoH.Tests.Readme;

/// <summary>Compares what a page shows with what a command printed. <c>…</c> stands for what varies.</summary>
internal static class ShownOutput
{
    private const string Anything = "…";

    /// <summary>JSON by its values, whatever its layout; anything else line by line.</summary>
    public static bool Matches(string language, string shown, string printed) =>
        language == "json" ? MatchesJson(shown, printed) : MatchesText(shown.TrimEnd(), printed.ReplaceLineEndings("\n").TrimEnd());

    private static bool MatchesText(string shown, string printed) =>
        Regex.IsMatch(printed, $@"\A{string.Join(".*", shown.Split(Anything).Select(Regex.Escape))}\z");

    private static bool MatchesJson(string shown, string printed)
    {
        try
        {
            using JsonDocument expected = JsonDocument.Parse(shown), actual = JsonDocument.Parse(printed);
            return Matches(expected.RootElement, actual.RootElement);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool Matches(JsonElement shown, JsonElement printed)
    {
        if (shown.ValueKind == JsonValueKind.String && shown.GetString() == Anything) return true;
        if (shown.ValueKind != printed.ValueKind) return false;
        return shown.ValueKind switch
        {
            JsonValueKind.Object => shown.EnumerateObject().Count() == printed.EnumerateObject().Count()
                && shown.EnumerateObject().All(m => printed.TryGetProperty(m.Name, out JsonElement value) && Matches(m.Value, value)),
            JsonValueKind.Array => shown.GetArrayLength() == printed.GetArrayLength()
                && shown.EnumerateArray().Zip(printed.EnumerateArray()).All(pair => Matches(pair.First, pair.Second)),
            JsonValueKind.String => MatchesText(shown.GetString()!, printed.GetString()!),
            _ => shown.GetRawText() == printed.GetRawText(),
        };
    }
}
