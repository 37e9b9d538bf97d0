using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace KubeDoH.Api.Hosting.Access;

/// <summary>
/// The SHA-256 of a secret, which is what is kept of it. A secret made here has 256 random bits, so that neither salt nor a slow hash
/// would add anything. Hashes are looked up, not compared at length: who sees how long that takes learns of hashes, not of secrets.
/// </summary>
internal readonly record struct TokenHash(UInt128 High, UInt128 Low)
{
    /// <summary>Stands in front of the hexadecimal digits.</summary>
    public const string Prefix = "sha256:";

    /// <summary>Characters of the longest secret that is looked at; the cluster's are shorter.</summary>
    public const int LongestSecret = 16 * 1024;

    private const int OnStack = 1024;

    public static TokenHash Of(ReadOnlySpan<char> secret)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        int room = Encoding.UTF8.GetMaxByteCount(secret.Length);
        Span<byte> bytes = room <= OnStack ? stackalloc byte[OnStack] : new byte[room];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(secret, bytes)], hash);
        return Read(hash);
    }

    /// <summary>Reads <c>sha256:</c> and 64 hexadecimal digits.</summary>
    public static bool TryParse(string text, [MaybeNullWhen(false)] out TokenHash hash)
    {
        hash = default;
        Span<byte> bytes = stackalloc byte[SHA256.HashSizeInBytes];
        if (!text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) || text.Length != Prefix.Length + (2 * bytes.Length)) return false;
        if (Convert.FromHexString(text.AsSpan(Prefix.Length), bytes, out _, out _) != System.Buffers.OperationStatus.Done) return false;
        hash = Read(bytes);
        return true;
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[SHA256.HashSizeInBytes];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt128BigEndian(bytes[16..], Low);
        return Prefix + Convert.ToHexStringLower(bytes);
    }

    private static TokenHash Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]));
}
