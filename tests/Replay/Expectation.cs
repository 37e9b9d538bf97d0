using System.Globalization;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Replay;

/// <summary>
/// What a script expects of one reply. <c>expect RCODE</c>, or NODATA for NOERROR without answers, then <c>aa</c>, <c>ad</c>,
/// <c>soa ZONE</c> (the authority section is that zone's SOA and nothing else), <c>ede CODE ["text"]</c>. What is not mentioned must not
/// be: a flag, an extended error, a section's records.
/// </summary>
internal sealed class Expectation(ScriptQuestion question, Reply reply, ResolutionTrace trace)
{
    private readonly Dictionary<Section, IReadOnlyList<string>> _expected = [];
    private readonly List<string> _flags = [];
    private ScriptLine? _head;
    private string? _soaOwner;
    private string? _extendedError;
    private IReadOnlyList<string>? _steps;

    /// <summary>Takes a block; false when it is none of an expectation's.</summary>
    public bool TryTake(ScriptBlock block)
    {
        switch (block.Head.Words[0])
        {
            case "expect": TakeHead(block.Head); return true;
            case "trace": _steps = [.. block.Body.Select(line => string.Join(' ', line.Words))]; return true;
            case var word when Enum.TryParse(word, ignoreCase: true, out Section section) && block.Head.Words.Length == 1:
                if (_soaOwner is not null && section == Section.Authority)
                    throw block.Head.Error("'soa' has said what the authority section holds");
                if (block.Body.Count == 0) throw block.Head.Error("a section without records is not mentioned");
                _expected[section] = [.. block.Body.Select(line => RecordLine.Read(line).Normal()).Order(StringComparer.Ordinal)];
                return true;
            default: return false;
        }
    }

    /// <exception cref="ScriptError">The reply is another.</exception>
    public void Verify()
    {
        if (_head is null) throw question.Line.Error("nothing is expected of this question");
        var wrong = new List<string>();
        void Compare(string what, string expected, string actual)
        {
            if (expected != actual) wrong.Add($"  {what}: expected {expected}, is {actual}");
        }

        string rcode = _head.Words[1];
        Compare("rcode", rcode == "NODATA" ? "NOERROR" : rcode, reply.Rcode);
        Compare("flags", string.Join(' ', _flags.Order(StringComparer.Ordinal)), Flags());
        Compare("extended error", _extendedError ?? "none", ExtendedErrorText());
        Compare("question", question.Text, reply.Question);
        Compare("id", $"{ScriptQuestion.Id}", $"{reply.Header.Id}");
        Compare("OPT", $"{question.HasEdns}", $"{reply.HasOpt}");
        Compare("order of the answer", "in order", reply.DisorderOf(NameText.Write(question.Name)) ?? "in order");
        foreach (Section section in Enum.GetValues<Section>())
        {
            string[] actual = [.. reply.Sections[section].Select(record => record.Normal()).Order(StringComparer.Ordinal)];
            if (section == Section.Authority && _soaOwner is not null) Compare("SOA", _soaOwner, SoaOwner());
            else Compare($"{section}", List(_expected.GetValueOrDefault(section, [])), List(actual));
        }

        if (_steps is not null)
            Compare("trace", List(_steps), List(
                [.. trace.Steps.Select(step => $"{step.Name} {RecordTypeText.Write(step.Type)} {step.Detail}")]));
        if (wrong.Count > 0) throw new ScriptError($"{_head.File}:{_head.Number}: {question.Line.Text}\n{string.Join('\n', wrong)}");
    }

    private static string List(IReadOnlyList<string> lines) => lines.Count == 0 ? "nothing" : "\n    " + string.Join("\n    ", lines);

    private void TakeHead(ScriptLine line)
    {
        if (_head is not null) throw line.Error("one question has one 'expect'");
        _head = line;
        line.Word(1, "the response code");
        for (int i = 2; i < line.Words.Length; i++)
        {
            switch (line.Words[i])
            {
                case "aa" or "ad" or "tc": _flags.Add(line.Words[i]); break;
                case "soa": _soaOwner = $"{line.Word(++i, "the zone")} alone"; break;
                case "ede":
                    string code = line.Word(++i, "the code");
                    int quote = line.Text.IndexOf('"', StringComparison.Ordinal);
                    _extendedError = quote < 0 ? code : $"{code} {line.Text[quote..]}";
                    i = quote < 0 ? i : line.Words.Length;
                    break;
                default: throw line.Error($"'{line.Words[i]}' says nothing about a reply");
            }
        }
    }

    /// <summary>The flags that differ from reply to reply; QR and RA are always set, RD and CD come back as they were sent.</summary>
    private string Flags()
    {
        MessageHeader header = reply.Header;
        var flags = new List<string>();
        if (header.Has(MessageHeader.Authoritative)) flags.Add("aa");
        if (header.Has(MessageHeader.AuthenticData)) flags.Add("ad");
        if (!header.Has(MessageHeader.Response)) flags.Add("no qr");
        if (!header.Has(MessageHeader.RecursionAvailable)) flags.Add("no ra");
        if (header.Has(MessageHeader.Truncated)) flags.Add("tc");
        if (header.Has(MessageHeader.RecursionDesired) != question.RecursionDesired) flags.Add("rd changed");
        if (header.Has(MessageHeader.CheckingDisabled) != question.CheckingDisabled) flags.Add("cd changed");
        return string.Join(' ', flags);
    }

    private string ExtendedErrorText()
    {
        if (reply.ExtendedError is not { } error) return "none";
        bool withText = _extendedError?.Contains('"', StringComparison.Ordinal) ?? true;
        return withText ? $"{error.Code} \"{error.Text}\"" : error.Code.ToString(CultureInfo.InvariantCulture);
    }

    private string SoaOwner() => reply.Sections[Section.Authority] switch
    {
        [{ Type: RecordType.SOA } soa] => $"{soa.Owner} alone",
        var other => List([.. other.Select(record => record.Normal())]),
    };
}
