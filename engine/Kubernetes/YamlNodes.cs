using System.Buffers;
using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace KubeDoH.Engine.Kubernetes;

/// <summary>YAML text to nodes: every document of the stream, plain scalars resolved by the core schema (YAML 1.2.2, 10.3.2).</summary>
internal static class YamlNodes
{
    private const string CoreTags = "tag:yaml.org,2002:";
    private static readonly SearchValues<char> NumberLetters = SearchValues.Create("0123456789+-.eE");
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>Hands out each document; what made the text unreadable, or null when all of it was read.</summary>
    public static TextDefect? Read(TextReader text, Action<KubeNode> onDocument)
    {
        var builder = new KubeTreeBuilder(onDocument);
        var parser = new Parser(text);
        int line = 1;
        while (builder.Error is null)
        {
            if (!TryMoveNext(parser, ref line, out TextDefect? defect)) return defect;
            Feed(builder, parser.Current!);
        }
        return builder.Error;
    }

    /// <summary>False at the end of the text, and where it is no YAML: then with a defect.</summary>
    private static bool TryMoveNext(Parser parser, ref int line, out TextDefect? defect)
    {
        defect = null;
        try
        {
            bool more = parser.MoveNext();
            if (more) line = (int)parser.Current!.Start.Line;
            return more;
        }
        catch (YamlException e)
        {
            defect = new TextDefect((int)e.Start.Line, e.Message);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // On some broken texts the scanner throws what it means for its own misuse.
            defect = new TextDefect(line, $"not YAML, from here on: {e.Message}");
        }
        return false;
    }

    private static void Feed(KubeTreeBuilder builder, ParsingEvent met)
    {
        int line = (int)met.Start.Line;
        switch (met)
        {
            case Scalar scalar:
                (KubeNodeKind kind, string value) = Resolve(scalar);
                builder.Scalar(kind, value, line, AnchorOf(scalar));
                break;
            case MappingStart map: builder.Open(KubeNodeKind.Map, line, AnchorOf(map)); break;
            case SequenceStart list: builder.Open(KubeNodeKind.List, line, AnchorOf(list)); break;
            case MappingEnd or SequenceEnd: builder.Close(); break;
            case AnchorAlias alias: builder.Alias(alias.Value.Value, line); break;
        }
    }

    private static string? AnchorOf(NodeEvent node) => node.Anchor.IsEmpty ? null : node.Anchor.Value;

    /// <summary>A quoted, block or <c>!!str</c> scalar is a string whatever it looks like; any other is what it looks like.</summary>
    private static (KubeNodeKind Kind, string Text) Resolve(Scalar scalar)
    {
        string text = scalar.Value;
        bool plain = scalar.Tag.IsEmpty ? scalar.Style == ScalarStyle.Plain : IsCoreTagOtherThanString(scalar.Tag);
        if (!plain) return (KubeNodeKind.Text, text);
        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => (KubeNodeKind.Null, ""),
            "true" or "True" or "TRUE" => (KubeNodeKind.Flag, "true"),
            "false" or "False" or "FALSE" => (KubeNodeKind.Flag, "false"),
            _ => (IsNumber(text) ? KubeNodeKind.Number : KubeNodeKind.Text, text),
        };
    }

    private static bool IsCoreTagOtherThanString(TagName tag) =>
        !tag.IsNonSpecific && tag.Value != CoreTags + "str" && tag.Value.StartsWith(CoreTags, StringComparison.Ordinal);

    private static bool IsNumber(string text)
    {
        if (text.StartsWith("0x", StringComparison.Ordinal)) return text.Length > 2 && text.AsSpan(2).IndexOfAnyExcept(HexDigits) < 0;
        if (text.StartsWith("0o", StringComparison.Ordinal)) return text.Length > 2 && !text.AsSpan(2).ContainsAnyExceptInRange('0', '7');
        return !text.AsSpan().ContainsAnyExcept(NumberLetters)
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
    }
}
