using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using KubeDoH.Api.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace KubeDoH.Tests.Api.Hosting;

/// <summary>The README lists every limit that Kestrel has for HTTP/1.1 and HTTP/2, and the value that is set.</summary>
public partial class KestrelLimitsTests
{
    /// <summary>HTTP/3 is not spoken.</summary>
    private static readonly string[] Unused = [nameof(KestrelServerLimits.Http3)];

    [Fact]
    public void Every_limit_is_listed_with_its_value()
    {
        var kestrel = new KestrelServerOptions();
        KestrelSetup.Apply(kestrel, new KubeDoH.Api.Hosting.ListenOptions { Http = [], Https = [] }, null);
        IEnumerable<string> set =
        [
            .. Rows("", kestrel.Limits), .. Rows("Http2.", kestrel.Limits.Http2),
            $"| `HandshakeTimeout` | {Show(KestrelSetup.HandshakeTimeout)} |",
        ];

        string limits = File.ReadAllText(Repository.PathOf("README.md")).Split("\n## Limits\n")[1].Split("\n## ")[0];

        Assert.Equal(set.Order(StringComparer.Ordinal), LimitRow().Matches(limits).Select(row => row.Value).Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Rows(string prefix, object limits) =>
        from property in limits.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
        where !Unused.Contains(property.Name) && property.PropertyType != typeof(Http2Limits)
        select $"| `{prefix}{property.Name}` | {Show(property.GetValue(limits))} |";

    private static string Show(object? value) => value switch
    {
        null => "none",
        TimeSpan time when time < TimeSpan.FromMinutes(2) => $"{time.TotalSeconds:0} s",
        TimeSpan time => $"{time.TotalMinutes:0} min",
        MinDataRate rate => $"{rate.BytesPerSecond} B/s after {Show(rate.GracePeriod)}",
        _ => Convert.ToInt64(value, CultureInfo.InvariantCulture) switch
        {
            var count when count % (1024 * 1024) == 0 => $"{count / 1024 / 1024} MiB",
            var count when count % 1024 == 0 => $"{count / 1024} KiB",
            var count => $"{count}",
        },
    };

    [GeneratedRegex(@"^\| `[\w.]+` \| [^|]+ \|", RegexOptions.Multiline)]
    private static partial Regex LimitRow();
}
