using System.Text.Json;
using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Entries.Transfer;

/// <summary>
/// Reads entries out of JSON, one by one: an array of them, or an object with such an array as <c>entries</c>, which an export and a
/// list are.
/// </summary>
internal ref struct JsonImport
{
    private readonly ReadOnlySpan<byte> _text;
    private readonly EntryImport _import;
    private Utf8JsonReader _reader;
    private int _counted;
    private int _line = 1;

    private JsonImport(ReadOnlySpan<byte> text, EntryImport import)
    {
        _text = text;
        _import = import;
        _reader = new Utf8JsonReader(text);
    }

    public static ImportFault? Read(ReadOnlySpan<byte> text, EntryImport import)
    {
        if (text.StartsWith("\uFEFF"u8)) text = text[3..];
        var json = new JsonImport(text, import);
        try
        {
            string? wrong = json.ReadAll();
            return wrong is null ? null : new ImportFault($"line {json.Line()}: {wrong}", IsMalformed: true);
        }
        catch (InvalidOperationException)
        {
            return new ImportFault($"line {json.Line()}: the name of a member, or a value, is not Unicode", IsMalformed: true);
        }
        catch (JsonException e)
        {
            return new ImportFault($"the JSON is malformed at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}", IsMalformed: true);
        }
    }

    private string? ReadAll()
    {
        _reader.Read();
        string? wrong = _reader.TokenType switch
        {
            JsonTokenType.StartArray => ReadEntries(),
            JsonTokenType.StartObject => ReadObject(),
            _ => "entries are an array, or an object whose member 'entries' is one",
        };
        if (wrong is null && !_import.IsFull) _reader.Read();
        return wrong;
    }

    private string? ReadObject()
    {
        bool hasEntries = false;
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName && !_import.IsFull)
        {
            string member = _reader.GetString()!;
            _reader.Read();
            if (member == "entries" && hasEntries) return "the member 'entries' stands twice";
            hasEntries |= member == "entries";
            if (ReadMember(member) is { } wrong) return wrong;
        }

        return hasEntries ? null : "the member 'entries' is missing";
    }

    private string? ReadMember(string member)
    {
        switch (member)
        {
            case "entries":
                return _reader.TokenType == JsonTokenType.StartArray ? ReadEntries() : "the member 'entries' must be an array";
            case "format":
                bool known = _reader.TokenType == JsonTokenType.String && _reader.ValueTextEquals(EntryArchive.FormatName);
                return known ? null : $"the format is none that this version reads, which is '{EntryArchive.FormatName}'";
            case "revision":
                if (_reader.TokenType != JsonTokenType.Number || !_reader.TryGetInt64(out long revision)
                    || !EntryOrigin.IsRevision(revision))
                    return "the revision is none that an export has";
                _import.Revision = revision;
                return null;
            case "exportedAt" or "next":
                return _reader.TokenType is JsonTokenType.String or JsonTokenType.Null ? null : $"the member '{member}' must be a string";
            default:
                return $"there is no member '{member}' beside entries";
        }
    }

    private string? ReadEntries()
    {
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray && !_import.IsFull) ReadEntry();
        return null;
    }

    private void ReadEntry()
    {
        int line = Line();
        Utf8JsonReader start = _reader;
        try
        {
            EntryItem? item = JsonSerializer.Deserialize(ref _reader, ApiJsonContext.Default.EntryItem);
            if (item is null) _import.Skip(line, "an entry cannot be null");
            else Add(line, item);
        }
        catch (JsonException e)
        {
            _reader = start;
            _reader.Skip();
            _import.Skip(line, $"{Place(e)}what stands there is not of the type that belongs there, or a member stands twice");
        }
    }

    private readonly void Add(int line, EntryItem item)
    {
        DnsName name = default;
        string? nameError = "it has no name";
        if (item.Name is not null && DnsName.TryParse(item.Name, out name, out nameError)) nameError = null;
        DnsName? known = nameError is null ? name : null;
        if (nameError is not null) _import.Skip(line, $"name: {nameError}");
        else if (!RecordTypeText.TryRead(item.Type, out RecordType type)) _import.Skip(line, "type: it must be a record type", known);
        else if (item.Others?.Keys.FirstOrDefault() is { } other) _import.Skip(line, $"an entry has no member '{other}'", known);
        else if (item.Revision is { } revision && !EntryOrigin.IsRevision(revision))
            _import.Skip(line, "revision: none that an export has", known);
        else _import.AddEntry(
            line, item.ToDraft(new EntryKey(name, type)) with { Source = item.Source ?? EntryImport.DefaultSource }, item.ToOrigin());
    }

    /// <summary>The line of what was read last.</summary>
    private int Line()
    {
        int at = (int)_reader.TokenStartIndex;
        _line += _text[_counted..at].Count((byte)'\n');
        _counted = at;
        return _line;
    }

    /// <summary><c>$.records[1]</c> as <c>records[1]: </c>.</summary>
    private static string Place(JsonException e) => e.Path is { Length: > 2 } path ? $"{path[2..]}: " : "";
}
