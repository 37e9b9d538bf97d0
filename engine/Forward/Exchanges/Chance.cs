using System.Security.Cryptography;

namespace KubeDoH.Engine.Forward.Exchanges;

/// <summary>
/// Octets of the system's random generator that nobody can guess, fetched many at a time, since a call takes nearly as long for two of them
/// as for all. Each is given out once and wiped.
/// </summary>
internal static class Chance
{
    private const int Supply = 512;

    [ThreadStatic]
    private static byte[]? s_octets;

    [ThreadStatic]
    private static int s_left;

    /// <param name="octets">No more than a supply holds.</param>
    public static void Fill(Span<byte> octets)
    {
        byte[] supply = s_octets ??= new byte[Supply];
        if (s_left < octets.Length)
        {
            RandomNumberGenerator.Fill(supply);
            s_left = Supply;
        }

        s_left -= octets.Length;
        Span<byte> given = supply.AsSpan(s_left, octets.Length);
        given.CopyTo(octets);
        given.Clear();
    }

    /// <summary>A number below 256.</summary>
    public static int Octet()
    {
        byte octet = 0;
        Fill(new Span<byte>(ref octet));
        return octet;
    }
}
