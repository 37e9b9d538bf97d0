using System.Text;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Resolution;

/// <summary>Why an answer is what it is (RFC 8914): a code and a sentence in UTF-8 for a person.</summary>
public sealed class ExtendedError(ExtendedErrorCode code, string text)
{
    private readonly byte[] _utf8 = Encoding.UTF8.GetBytes(text);

    public ExtendedErrorCode Code { get; } = code;

    public string Text { get; } = text;

    /// <summary>The sentence as it goes into EXTRA-TEXT (RFC 8914 2).</summary>
    public ReadOnlySpan<byte> Utf8 => _utf8;
}
