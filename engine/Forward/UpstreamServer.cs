using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace KubeDoH.Engine.Forward;

/// <summary>One name server that questions are forwarded to. Two are equal when every question would reach both in the same way.</summary>
/// <param name="EndPoint">Where it listens: no name has to be resolved to ask it.</param>
public sealed record UpstreamServer(IPEndPoint EndPoint, UpstreamTransport Transport = UpstreamTransport.Udp)
{
    /// <summary>The port of UDP and TCP.</summary>
    public const int DefaultPort = 53;

    /// <summary>The name that its certificate must be for; null where that is the address itself, and in the clear.</summary>
    public string? Name { get; init; }

    /// <summary>Path and query of an https server; empty for the others.</summary>
    public string Path { get; init; } = "";

    /// <summary>Its AD flag is believed and passed on: it validates, and the way to it is safe (RFC 6840 5.8).</summary>
    internal bool Trusted { get; init; }

    /// <summary>Reads an address in the syntax of <see cref="UpstreamAddress"/>; an error quotes the text.</summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out UpstreamServer? server, [NotNullWhen(false)] out string? error) =>
        UpstreamAddress.TryRead(text, out server, out error);

    /// <summary>The address in the syntax that is read.</summary>
    public override string ToString() => UpstreamAddress.Write(this);
}
