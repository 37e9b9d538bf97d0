namespace KubeDoH.Bench.Load;

/// <summary>Over what a request travels.</summary>
internal enum Transport
{
    /// <summary>HTTP/1.1 in the clear, one request at a time on each of 32 connections.</summary>
    Http1,

    /// <summary>The same over TLS.</summary>
    Http1Tls,

    /// <summary>HTTP/2 over TLS, 16 streams on each of 8 connections.</summary>
    Http2Tls,
}

/// <summary>A kind of request that is sent over and over.</summary>
/// <param name="Target">Path and query.</param>
/// <param name="Body">A file to POST as a DNS message; null for a GET.</param>
/// <param name="Budget">The least ratio to the bare endpoint.</param>
internal sealed record LoadCase(string Name, Transport Transport, string Target, string? Body, double Budget)
{
    /// <summary>A file of targets, asked one after the other over one connection in the stead of <c>Target</c>; null for none.</summary>
    public string? TargetsFile { get; init; }

    /// <summary>A service of the sample cluster.</summary>
    public const string Question = "secco.dns-playground.svc.cluster.local";

    public const string JsonTarget = $"/resolve?name={Question}&type=A";

    /// <summary>The message that asks for its address: id 0, RD, one question (RFC 8484 4.1).</summary>
    public static byte[] Message { get; } =
    [
        .. MessageFor(Question),
    ];

    /// <summary>The message that asks for the address of a name.</summary>
    public static byte[] MessageFor(string name) =>
    [
        0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0,
        .. name.Split('.').SelectMany(label => (IEnumerable<byte>)[(byte)label.Length, .. label.Select(letter => (byte)letter)]),
        0, 0, 1, 0, 1,
    ];

    public static string WireTarget { get; } = $"/dns-query?dns={System.Buffers.Text.Base64Url.EncodeToString(Message)}";

    /// <summary>Wire GET and POST and JSON over each transport.</summary>
    /// <param name="messageFile">A file that holds <see cref="Message"/>.</param>
    public static IEnumerable<LoadCase> All(string messageFile) =>
        from transport in (Transport[])[Transport.Http2Tls, Transport.Http1Tls, Transport.Http1]
        from item in (LoadCase[])
        [
            new("wire GET", transport, WireTarget, null, 0.9),
            new("wire POST", transport, "/dns-query", messageFile, 0.9),
            new("JSON", transport, JsonTarget, null, 0.7),
        ]
        select item;
}
