using System.Buffers.Binary;

namespace KubeDoH.Engine.Wire.Zones;

/// <summary>
/// Reads a zone file (RFC 1035 5.1) record by record, none of it trusted and none of it kept:
/// <code>
/// [owner] [ttl] [class] type data     ttl and class in either order; a blank for the owner of the record above
/// $ORIGIN name                        what names without a last dot lie below
/// $TTL seconds                        of records that name none (RFC 2308 4)
/// $GENERATE range owner ... data      as BIND 9 has it, see <see cref="ZoneGenerator"/>
/// $INCLUDE file                       refused: there is no other file
/// </code>
/// A record without a TTL has that of $TTL, else that of the record above, else the minimum of the SOA above, as BIND has it.
/// </summary>
/// <param name="origin">The origin at the beginning; null for none, so that names must be absolute until an $ORIGIN.</param>
public sealed class ZoneReader(TextReader text, DnsName? origin)
{
    private readonly ZoneLines _lines = new(text);
    private ZoneOrigin _origin = new(origin);
    private DnsName? _owner;
    private uint? _defaultTtl;
    private uint? _lastTtl;
    private uint? _soaMinimum;
    private int _line;
    private IEnumerator<string>? _generated;

    /// <summary>The next record, or the next that cannot be used; false at the end of the file.</summary>
    public bool TryRead(out ZoneRecord record)
    {
        while (true)
        {
            if (_generated is not null && _generated.MoveNext())
            {
                record = ReadRecord(_generated.Current, hasOwner: true);
                return true;
            }

            _generated = null;
            if (!_lines.TryRead(out ZoneLine line))
            {
                record = new ZoneRecord(0);
                return false;
            }

            _line = line.Number;
            if (ReadLine(line) is not { } read) continue;
            record = read;
            return true;
        }
    }

    /// <summary>What a line says; null for a directive that was followed.</summary>
    private ZoneRecord? ReadLine(in ZoneLine line)
    {
        if (line.Error is { } error)
        {
            if (line.HasOwner) _owner = null;
            return new ZoneRecord(_line) { Problem = error, IsFatal = line.IsCutOff };
        }

        return line.HasOwner && line.Text[0] == '$' ? ReadDirective(line.Text) : ReadRecord(line.Text, line.HasOwner);
    }

    private ZoneRecord? ReadDirective(string text)
    {
        var words = new TextWords(text);
        words.TryNext(out ReadOnlySpan<char> directive);
        string name = directive.ToString().ToUpperInvariant();
        if (name == "$INCLUDE")
            return Fatal("$INCLUDE is refused: nothing but this text is read. Put the lines of the other file in its place");
        if (name == "$GENERATE") return StartGenerating(words.Rest);
        words.TryNext(out ReadOnlySpan<char> value);
        if (name is not ("$ORIGIN" or "$TTL")) return BadDirective($"there is no directive {name}");
        if (value.IsEmpty || !words.AtEnd) return BadDirective(words.Error ?? $"one value belongs behind {name}");
        return name == "$ORIGIN" ? SetOrigin(value) : SetTtl(value);
    }

    /// <summary>Records below an origin that cannot be read would be records of other names.</summary>
    private ZoneRecord? SetOrigin(ReadOnlySpan<char> value)
    {
        Span<byte> wire = stackalloc byte[WireName.MaxLength];
        if (!_origin.TryRead(value, wire, out int length, out string? error)) return Fatal($"$ORIGIN: {error}");
        _origin = new ZoneOrigin(DnsName.Copy(wire[..length]));
        return null;
    }

    private ZoneRecord? SetTtl(ReadOnlySpan<char> value)
    {
        if (!SecondsText.TryRead(value, out uint seconds)) return BadDirective("$TTL must be seconds, or a time such as 1h30m");
        _defaultTtl = seconds;
        return null;
    }

    private ZoneRecord? StartGenerating(ReadOnlySpan<char> rest)
    {
        if (!ZoneGenerator.TryParse(rest, out ZoneGenerator? generator, out string? error)) return BadDirective($"$GENERATE: {error}");
        _generated = generator.Lines().GetEnumerator();
        return null;
    }

    private ZoneRecord ReadRecord(string text, bool hasOwner)
    {
        var words = new TextWords(text);
        if (hasOwner && ReadOwner(ref words) is { } badOwner) return badOwner;
        if (_owner is null) return Bad("the record belongs to the owner above, and none could be read there");

        uint? ttl = null;
        bool hasClass = false;
        RecordType type = default;
        while (type == default)
        {
            if (!words.TryNext(out ReadOnlySpan<char> word)) return Bad(words.Error ?? "the record has no type");
            if (!hasClass && IsClass(word))
            {
                hasClass = true;
                if (!IsInternet(word)) return Bad($"the class is {word}: only IN can be used");
            }
            else if (ttl is null && SecondsText.TryRead(word, out uint seconds))
            {
                ttl = seconds;
            }
            else if (char.IsAsciiDigit(word[0]) || !RecordTypeText.TryRead(word, out type))
            {
                return Bad($"'{Shortened(word)}' is no record type that has a name here; TYPE and its number can be written (RFC 3597 5)");
            }
        }

        return ReadData(type, ttl, words.Rest);
    }

    private ZoneRecord? ReadOwner(ref TextWords words)
    {
        Span<byte> wire = stackalloc byte[WireName.MaxLength];
        _owner = null;
        if (!words.TryNext(out ReadOnlySpan<char> word)) return Bad(words.Error ?? "the record has no owner");
        if (!_origin.TryRead(word, wire, out int length, out string? error))
        {
            bool lacksOrigin = _origin.Name is null && !ZoneOrigin.IsAbsolute(word);
            return new ZoneRecord(_line) { Problem = lacksOrigin ? error : $"the owner is no domain name: {error}", IsFatal = lacksOrigin };
        }

        _owner = DnsName.Copy(wire[..length]);
        return null;
    }

    private ZoneRecord ReadData(RecordType type, uint? ttl, ReadOnlySpan<char> text)
    {
        _lastTtl = ttl ?? _lastTtl;
        if (!RecordText.TryRead(type, text, _origin, out byte[] data, out string? error)) return Bad(error) with { Type = type };
        if (type == RecordType.SOA) _soaMinimum = BinaryPrimitives.ReadUInt32BigEndian(data.AsSpan(^4));
        return new ZoneRecord(_line)
        {
            Name = _owner,
            Type = type,
            Ttl = ttl ?? _defaultTtl ?? _lastTtl ?? _soaMinimum,
            Text = RecordText.Write(type, data),
        };
    }

    /// <summary>CS and HS are of the past; CLASS and a number is any (RFC 3597 5).</summary>
    private static bool IsClass(ReadOnlySpan<char> word) =>
        Is(word, "IN") || Is(word, "CH") || Is(word, "HS") || Is(word, "CS")
        || (word.StartsWith("CLASS", StringComparison.OrdinalIgnoreCase) && ushort.TryParse(word[5..], out _));

    private static bool IsInternet(ReadOnlySpan<char> word) => Is(word, "IN") || Is(word, "CLASS1");

    private static bool Is(ReadOnlySpan<char> word, string other) => word.Equals(other, StringComparison.OrdinalIgnoreCase);

    private static ReadOnlySpan<char> Shortened(ReadOnlySpan<char> word) => word[..Math.Min(word.Length, 40)];

    private ZoneRecord Bad(string problem) => new(_line) { Name = _owner, Problem = problem };

    private ZoneRecord BadDirective(string problem) => new(_line) { Problem = problem };

    private ZoneRecord Fatal(string problem) => BadDirective(problem) with { IsFatal = true };
}
