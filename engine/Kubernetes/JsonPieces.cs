using System.Text.Json;

namespace KubeDoH.Engine.Kubernetes;

/// <summary>What a piece of a reply is.</summary>
internal enum JsonPiece { Value, Item, Metadata }

/// <summary>
/// Cuts a reply into pieces while it comes in: a list into its metadata and its items, a watch into its events. Only the piece at
/// hand stands in memory, however long the reply is.
/// </summary>
/// <param name="isList">True for <c>{"metadata": {…}, "items": […]}</c>; false for values one after the other.</param>
internal sealed class JsonPieces(Stream body, bool isList)
{
    /// <summary>No object of an API server is as large: etcd takes 1.5 MiB.</summary>
    private const int LargestPiece = 16 * 1024 * 1024;

    /// <summary>Far above what an object may have: one that is too deep is to be left out, not to end the list around it.</summary>
    private static readonly JsonReaderOptions Options = new() { AllowMultipleValues = true, MaxDepth = 1000 };

    private byte[] _buffer = new byte[16 * 1024];
    private int _start, _end;
    private JsonReaderState _state = new(Options);
    private Place _place = isList ? Place.Top : Place.Values;

    private enum Place { Top, Member, ItemsValue, Items, MetadataValue, OtherValue, Values, Behind }

    public JsonPiece Kind { get; private set; }

    /// <summary>The piece; until the next is asked for.</summary>
    public ReadOnlyMemory<byte> Current { get; private set; }

    /// <summary>True when there is another piece in what has come in.</summary>
    /// <exception cref="JsonException">What has come in is not JSON of this form.</exception>
    public bool TryMoveNext()
    {
        while (_start < _end && TryStep(out bool found))
            if (found) return true;
        return false;
    }

    /// <summary>Reads more of the reply; false at its end.</summary>
    /// <exception cref="IOException">It ended within a value.</exception>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= LargestPiece) throw new JsonException($"a value of more than {LargestPiece} bytes");
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        int read = await body.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += read;
        if (read > 0) return true;
        bool isWhole = isList ? _place == Place.Behind : _buffer.AsSpan(0, _end).Trim(" \t\r\n"u8).IsEmpty;
        return isWhole ? false : throw new IOException("the connection was closed in the middle of a reply");
    }

    private bool TryStep(out bool found)
    {
        found = false;
        if (_place == Place.Behind)
        {
            _start = _end;
            return true;
        }

        var reader = new Utf8JsonReader(_buffer.AsSpan(_start, _end - _start), isFinalBlock: false, _state);
        if (!reader.Read()) return false;
        int from = (int)reader.TokenStartIndex;
        JsonTokenType token = reader.TokenType;
        Place next = Next(ref reader, token);
        bool isValue = _place is Place.MetadataValue or Place.OtherValue or Place.Values || (_place == Place.Items && next == Place.Items);
        if (isValue && !reader.TrySkip()) return false;
        found = isValue && _place != Place.OtherValue;
        if (found)
        {
            Kind = _place switch { Place.Items => JsonPiece.Item, Place.MetadataValue => JsonPiece.Metadata, _ => JsonPiece.Value };
            Current = _buffer.AsMemory(_start + from, (int)reader.BytesConsumed - from);
        }

        _start += (int)reader.BytesConsumed;
        _state = reader.CurrentState;
        _place = next;
        return true;
    }

    private Place Next(ref Utf8JsonReader reader, JsonTokenType token) => (_place, token) switch
    {
        (Place.Top, JsonTokenType.StartObject) => Place.Member,
        (Place.Member, JsonTokenType.EndObject) => Place.Behind,
        (Place.Member, JsonTokenType.PropertyName) when reader.ValueTextEquals("items"u8) => Place.ItemsValue,
        (Place.Member, JsonTokenType.PropertyName) when reader.ValueTextEquals("metadata"u8) => Place.MetadataValue,
        (Place.Member, JsonTokenType.PropertyName) => Place.OtherValue,
        (Place.ItemsValue, JsonTokenType.StartArray) => Place.Items,
        (Place.ItemsValue, JsonTokenType.Null) or (Place.Items, JsonTokenType.EndArray) => Place.Member,
        (Place.Items, _) => Place.Items,
        (Place.MetadataValue or Place.OtherValue, _) => Place.Member,
        (Place.Values, _) => Place.Values,
        _ => throw new JsonException("the reply is not a list of objects"),
    };
}
