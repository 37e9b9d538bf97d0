using System.Diagnostics.CodeAnalysis;

namespace KubeDoH.Engine.Wire;

/// <summary>
/// What names lie below that a zone file writes without a last dot (RFC 1035 5.1); <c>@</c> is the origin itself.
/// </summary>
/// <param name="Name">Null while nothing has said it: only absolute names can then be read.</param>
internal sealed record ZoneOrigin(DnsName? Name)
{
    /// <summary>Reads a name as <see cref="NameText.TryRead"/> does, made absolute.</summary>
    public bool TryRead(ReadOnlySpan<char> text, Span<byte> wire, out int length, [NotNullWhen(false)] out string? error)
    {
        length = 0;
        bool isOrigin = text is "@";
        if (!isOrigin && IsAbsolute(text)) return NameText.TryRead(text, wire, out length, out error);
        if (Name is not { } origin)
        {
            error = $"'{text}' has no last dot, and there is no $ORIGIN and no origin that says what it lies below";
            return false;
        }

        Span<byte> relative = stackalloc byte[WireName.MaxLength];
        relative[0] = 0;
        int relativeLength = 1;
        if (!isOrigin && !NameText.TryRead(text, relative, out relativeLength, out error)) return false;
        error = WireName.TryAppend(relative[..relativeLength], origin.Span, wire, out length)
            ? null
            : "the name is longer than 255 octets below its origin";
        return error is null;
    }

    /// <summary>True when the text ends in a dot that is no part of a label: before it stand no backslashes, or pairs of them.</summary>
    public static bool IsAbsolute(ReadOnlySpan<char> text)
    {
        if (text is not [.., '.']) return false;
        int backslashes = text.Length - 1 - (text[..^1].LastIndexOfAnyExcept('\\') + 1);
        return backslashes % 2 == 0;
    }
}
