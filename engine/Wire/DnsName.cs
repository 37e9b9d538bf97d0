using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using System.Security.Cryptography;

namespace KubeDoH.Engine.Wire;

/// <summary>A domain name that is kept: lower-case uncompressed wire bytes, compared octet by octet.</summary>
public readonly struct DnsName : IEquatable<DnsName>
{
    private readonly byte[]? _wire;

    private DnsName(byte[] wire) => _wire = wire;

    public static DnsName Root => default;

    /// <summary>The wire bytes, the root's zero octet included.</summary>
    public ReadOnlySpan<byte> Span => _wire is null ? WireName.Root : _wire;

    /// <summary>A copy of <paramref name="wire"/> in lower case.</summary>
    public static DnsName Copy(ReadOnlySpan<byte> wire)
    {
        var copy = new byte[wire.Length];
        WireName.ToLower(wire, copy);
        return new DnsName(copy);
    }

    /// <summary>Reads presentation text (RFC 1035 5.1), with or without the trailing dot.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DnsName name, [NotNullWhen(false)] out string? error)
    {
        Span<byte> wire = stackalloc byte[WireName.MaxLength];
        bool read = NameText.TryRead(text, wire, out int length, out error);
        name = read ? Copy(wire[..length]) : default;
        return read;
    }

    /// <summary>Reads a name that is known to be well-formed, as constants and checked configuration are.</summary>
    /// <exception cref="FormatException">The text is no domain name.</exception>
    public static DnsName Parse(string text) =>
        TryParse(text, out DnsName name, out string? error) ? name : throw new FormatException($"'{text}': {error}");

    /// <summary>The name below this one whose first label is <paramref name="label"/>.</summary>
    public DnsName Child(ReadOnlySpan<byte> label)
    {
        Span<byte> wire = stackalloc byte[WireName.MaxLength];
        return WireName.TryPrepend(label, Span, wire, out int length)
            ? Copy(wire[..length])
            : throw new ArgumentException("The label is empty, or it or the name grows too long.", nameof(label));
    }

    public DnsName Parent() => Copy(WireName.Parent(Span));

    public bool Equals(DnsName other) => Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => obj is DnsName other && Equals(other);

    public override int GetHashCode() => DnsNameComparer.Hash(Span);

    /// <summary>Presentation text with the trailing dot.</summary>
    public override string ToString() => NameText.Write(Span);

    public static bool operator ==(DnsName left, DnsName right) => left.Equals(right);

    public static bool operator !=(DnsName left, DnsName right) => !left.Equals(right);
}

/// <summary>Looks names up by a slice of a message, so that a hit costs no allocation.</summary>
public sealed class DnsNameComparer : IEqualityComparer<DnsName>, IAlternateEqualityComparer<ReadOnlySpan<byte>, DnsName>
{
    public static readonly DnsNameComparer Instance = new();

    private static readonly long Seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    /// <summary>Hash of lower-case wire bytes, seeded per process so that colliding names cannot be prepared.</summary>
    public static int Hash(ReadOnlySpan<byte> name) => (int)XxHash3.HashToUInt64(name, Seed);

    public bool Equals(DnsName x, DnsName y) => x.Equals(y);

    public int GetHashCode(DnsName obj) => Hash(obj.Span);

    public bool Equals(ReadOnlySpan<byte> alternate, DnsName other) => alternate.SequenceEqual(other.Span);

    public int GetHashCode(ReadOnlySpan<byte> alternate) => Hash(alternate);

    public DnsName Create(ReadOnlySpan<byte> alternate) => DnsName.Copy(alternate);
}
