using System.Text;
using System.Text.Json;

namespace KubeDoH.Engine.Kubernetes;

/// <summary>JSON text to nodes: one value, or several one after the other.</summary>
internal static class JsonNodes
{
    private const int PooledKeys = 4096;
    private const int LongestPooledKey = 128;

    /// <summary>Hands out each value; what made the text unreadable, or null when all of it was read.</summary>
    /// <param name="keys">The keys of earlier texts of the same kind, whose strings are used again; null for none.</param>
    public static TextDefect? Read(ReadOnlySpan<byte> json, Action<KubeNode> onDocument, HashSet<string>? keys = null)
    {
        var builder = new KubeTreeBuilder(onDocument);
        keys ??= [];
        int line = 1, counted = 0;
        var options = new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = KubeTreeBuilder.MaxDepth + 1 };
        var reader = new Utf8JsonReader(json, options);
        try
        {
            while (builder.Error is null && reader.Read())
            {
                int start = (int)reader.TokenStartIndex;
                line += json[counted..start].Count((byte)'\n');
                counted = start;
                Feed(builder, ref reader, line, keys);
                if (reader.TokenType != JsonTokenType.PropertyName) continue;
                if (reader.ValueTextEquals("managedFields"u8)) SkipValue(builder, ref reader, line);
                else if (reader.ValueTextEquals("annotations"u8)) ReadAnnotations(builder, ref reader, line);
            }
            return builder.Error;
        }
        catch (JsonException e)
        {
            return new TextDefect((int)(e.LineNumber ?? 0) + 1, e.Message);
        }
        catch (InvalidOperationException e)
        {
            // A string that cannot be text: half a surrogate pair, bytes that are not UTF-8.
            return new TextDefect(line, e.Message);
        }
    }

    private static void Feed(KubeTreeBuilder builder, ref Utf8JsonReader reader, int line, HashSet<string> keys)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject: builder.Open(KubeNodeKind.Map, line); break;
            case JsonTokenType.StartArray: builder.Open(KubeNodeKind.List, line); break;
            case JsonTokenType.EndObject or JsonTokenType.EndArray: builder.Close(); break;
            case JsonTokenType.PropertyName: builder.Scalar(KubeNodeKind.Text, KeyOf(ref reader, keys), line); break;
            case JsonTokenType.String: builder.Scalar(KubeNodeKind.Text, reader.GetString()!, line); break;
            case JsonTokenType.Number: builder.Scalar(KubeNodeKind.Number, Encoding.UTF8.GetString(reader.ValueSpan), line); break;
            case JsonTokenType.True: builder.Scalar(KubeNodeKind.Flag, "true", line); break;
            case JsonTokenType.False: builder.Scalar(KubeNodeKind.Flag, "false", line); break;
            case JsonTokenType.Null: builder.Scalar(KubeNodeKind.Null, "", line); break;
        }
    }

    /// <summary>Of all that people note on objects, only what tells when endpoints changed is read.</summary>
    private static void ReadAnnotations(KubeTreeBuilder builder, ref Utf8JsonReader reader, int line)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            SkipValue(builder, ref reader, line);
            return;
        }

        builder.Open(KubeNodeKind.Map, line);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isRead = reader.ValueTextEquals(ObjectReader.TriggerTime);
            if (isRead) builder.Scalar(KubeNodeKind.Text, ObjectReader.TriggerTime, line);
            reader.Read();
            if (isRead && reader.TokenType == JsonTokenType.String) builder.Scalar(KubeNodeKind.Text, reader.GetString()!, line);
            else if (isRead) SkipValue(builder, ref reader, line);
            else reader.Skip();
        }

        builder.Close();
    }

    /// <summary>Half of an object as servers send it is who set which of its fields; no name is made of that.</summary>
    private static void SkipValue(KubeTreeBuilder builder, ref Utf8JsonReader reader, int line)
    {
        reader.Skip();
        builder.Scalar(KubeNodeKind.Null, "", line);
    }

    /// <summary>The same few keys come in every object: one string each.</summary>
    private static string KeyOf(ref Utf8JsonReader reader, HashSet<string> keys)
    {
        if (reader.ValueSpan.Length > LongestPooledKey) return reader.GetString()!;
        Span<char> letters = stackalloc char[LongestPooledKey];
        letters = letters[..reader.CopyString(letters)];
        HashSet<string>.AlternateLookup<ReadOnlySpan<char>> pool = keys.GetAlternateLookup<ReadOnlySpan<char>>();
        if (pool.TryGetValue(letters, out string? known)) return known;
        string key = letters.ToString();
        if (keys.Count < PooledKeys) keys.Add(key);
        return key;
    }
}
