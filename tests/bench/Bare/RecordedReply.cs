using System.Text;
using Microsoft.Extensions.Primitives;

namespace KubeDoH.Bench.Bare;

/// <summary>A reply as the service gave it: lines of <c>name: value</c>, an empty line, the body.</summary>
internal sealed class RecordedReply
{
    private readonly StringValues _contentType;
    private readonly StringValues _cacheControl;
    private readonly StringValues _vary;
    private readonly byte[] _body;

    public RecordedReply(byte[] recorded)
    {
        int end = recorded.AsSpan().IndexOf("\n\n"u8);
        Dictionary<string, string> headers = Encoding.ASCII.GetString(recorded, 0, end).Split('\n')
            .Select(line => line.Split(": ", 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        _contentType = headers["Content-Type"];
        _cacheControl = headers["Cache-Control"];
        _vary = headers.GetValueOrDefault("Vary");
        _body = recorded[(end + 2)..];
    }

    /// <summary>Sends it, and nothing is thought about.</summary>
    public void Send(HttpResponse response)
    {
        IHeaderDictionary headers = response.Headers;
        headers.ContentType = _contentType;
        headers.CacheControl = _cacheControl;
        if (_vary.Count > 0) headers.Vary = _vary;
        response.ContentLength = _body.Length;
        _body.CopyTo(response.BodyWriter.GetSpan(_body.Length));
        response.BodyWriter.Advance(_body.Length);
    }
}
