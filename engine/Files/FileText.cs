using System.Text;

namespace KubeDoH.Engine.Files;

/// <summary>One watched file as it was read, or why it could not be.</summary>
/// <param name="Path">The absolute path; that of the folder when the folder itself could not be listed.</param>
/// <param name="Bytes">The content; empty when there is an error.</param>
/// <param name="LastWrite">Last write time of the file that a link leads to; the epoch when there is an error.</param>
/// <param name="Error">Why there is no content, naming the path; null when there is.</param>
public sealed record FileText(string Path, ReadOnlyMemory<byte> Bytes, DateTimeOffset LastWrite, string? Error = null)
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>The content without a byte order mark.</summary>
    public ReadOnlyMemory<byte> Content => Bytes.Span.StartsWith(ByteOrderMark) ? Bytes[ByteOrderMark.Length..] : Bytes;

    /// <summary>The content as UTF-8; what is not UTF-8 becomes U+FFFD.</summary>
    public string Text => Encoding.UTF8.GetString(Content.Span);

    /// <summary>A file or folder that could not be read.</summary>
    public static FileText Unreadable(string path, string reason) => new(path, default, DateTimeOffset.UnixEpoch, $"{path}: {reason}");
}
