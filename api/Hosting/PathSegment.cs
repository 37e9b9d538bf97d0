using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace KubeDoH.Api.Hosting;

/// <summary>
/// A parameter of the path as its sender meant it. Kestrel decodes the path but leaves <c>%2F</c> as it is, and with it everything
/// that is no UTF-8: a slash in a name (RFC 2317) could then not be told from three characters that look like its escape. So a
/// segment with a percent sign is read from the target of the request itself.
/// </summary>
internal static class PathSegment
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="segment">The parameter as routing has it.</param>
    /// <returns>Why it cannot be read, in a sentence; null when it can.</returns>
    public static string? TryRead(HttpRequest request, string parameter, string segment, out string text)
    {
        text = segment;
        if (!segment.Contains('%')) return null;
        string raw = Find(request, parameter);
        if (Uri.UnescapeDataString(
            raw.Replace("%2F", "%252F", StringComparison.Ordinal).Replace("%2f", "%252f", StringComparison.Ordinal)) != segment)
            return "The path has to be written without dot segments and without escapes in its fixed parts.";
        return TryDecode(raw, out text)
            ? null
            : $"The escapes in '{raw}' are no UTF-8: any octet of a name can be written as \\DDD, with the backslash as %5C.";
    }

    /// <summary>The segment of the target that stands where the route has its parameter; "" where there is none.</summary>
    private static string Find(HttpRequest request, string parameter)
    {
        string path = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?', 2)[0];
        if (path.IndexOf("://", StringComparison.Ordinal) is > 0 and var scheme)
            path = path.IndexOf('/', scheme + 3) is > 0 and var start ? path[start..] : "";
        var route = (RouteEndpoint)request.HttpContext.GetEndpoint()!;
        int at = Array.IndexOf(route.RoutePattern.RawText!.Trim('/').Split('/'), $"{{{parameter}}}");
        return path.TrimStart('/').Split('/').ElementAtOrDefault(at) ?? "";
    }

    private static bool TryDecode(string raw, out string text)
    {
        text = raw;
        byte[] octets = Encoding.UTF8.GetBytes(raw);
        int length = 0;
        for (int i = 0; i < octets.Length; i++)
        {
            byte octet = octets[i];
            if (octet == '%')
            {
                if (!byte.TryParse(octets.AsSpan(i + 1, Math.Min(2, octets.Length - i - 1)), NumberStyles.AllowHexSpecifier,
                    CultureInfo.InvariantCulture, out octet)) return false;
                i += 2;
            }

            octets[length++] = octet;
        }

        try
        {
            text = Strict.GetString(octets, 0, length);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
