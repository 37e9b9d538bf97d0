using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeDoH.Tests.Fakes.ApiServer;

/// <summary>JSON the way the API server writes it: one line, and nothing escaped that need not be.</summary>
internal static class JsonText
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Bytes(JsonNode tree)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Options)) tree.WriteTo(writer);
        return stream.ToArray();
    }

    public static JsonObject Object(string text) => (JsonObject)JsonNode.Parse(text)!;
}
