using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Replay;

/// <summary>
/// <c>ask NAME TYPE</c> and, in any order: <c>from VIEW</c>, <c>class CH</c>, <c>do</c>, <c>ad</c>, <c>cd</c>, <c>norec</c>,
/// <c>noedns</c>, <c>edns N</c>.
/// </summary>
internal sealed record ScriptQuestion(ScriptLine Line, byte[] Name, RecordType Type)
{
    public const ushort Id = 0x2a17;

    public string? View { get; private set; }

    /// <summary>A view called <c>pod/namespace/name</c> is that pod's.</summary>
    public (string Namespace, string Name)? Pod => View?.Split('/') is ["pod", var space, var name] ? (space, name) : null;

    /// <summary>The name ends in a dot, which counts where a question is explained.</summary>
    public bool IsAbsolute => Line.Words[1].EndsWith('.');

    public RecordClass Class { get; private set; } = RecordClass.Internet;

    public bool HasEdns { get; private set; } = true;

    private int Version { get; set; }

    private ushort Flags { get; set; } = MessageHeader.RecursionDesired;

    private bool DnssecOk { get; set; }

    public bool RecursionDesired => (Flags & MessageHeader.RecursionDesired) != 0;

    public bool CheckingDisabled => (Flags & MessageHeader.CheckingDisabled) != 0;

    public static ScriptQuestion Read(ScriptLine line)
    {
        byte[] name = new byte[WireName.MaxLength];
        if (!NameText.TryRead(line.Word(1, "the name"), name, out int length, out string? error)) throw line.Error(error);
        if (!RecordTypeText.TryRead(line.Word(2, "the type"), out RecordType type)) throw line.Error($"'{line.Words[2]}' is no type");
        var question = new ScriptQuestion(line, name[..length], type);
        for (int i = 3; i < line.Words.Length; i++) question.Apply(line, ref i);
        return question;
    }

    public string Text => $"{NameText.Write(Name)} {RecordTypeText.Write(Type)} class {(ushort)Class}";

    /// <summary>The message (RFC 1035 4.1, RFC 6891 6.1).</summary>
    public byte[] Write()
    {
        byte[] message = new byte[512];
        var writer = new MessageWriter(message, slots: default);
        writer.WriteHeader(new MessageHeader(Id, Flags, 1, 0, 0, (ushort)(HasEdns ? 1 : 0)));
        writer.WriteName(Name);
        writer.WriteUInt16((ushort)Type);
        writer.WriteUInt16((ushort)Class);
        if (HasEdns)
        {
            writer.WriteByte(0);
            writer.WriteUInt16((ushort)RecordType.OPT);
            writer.WriteUInt16(1232);
            writer.WriteUInt32(((uint)Version << 16) | (DnssecOk ? 0x8000u : 0));
            writer.WriteUInt16(0);
        }

        return message[..writer.Length];
    }

    private void Apply(ScriptLine line, ref int i)
    {
        switch (line.Words[i])
        {
            case "from": View = line.Word(++i, "the view"); break;
            case "class": Class = line.Word(++i, "the class") == "CH"
                ? RecordClass.Chaos
                : throw line.Error("the only other class is CH"); break;
            case "edns": Version = int.TryParse(line.Word(++i, "the version"), out int version)
                ? version
                : throw line.Error("a version is a number"); break;
            case "noedns": HasEdns = false; break;
            case "norec": Flags &= unchecked((ushort)~MessageHeader.RecursionDesired); break;
            case "ad": Flags |= MessageHeader.AuthenticData; break;
            case "cd": Flags |= MessageHeader.CheckingDisabled; break;
            case "do": DnssecOk = true; break;
            default: throw line.Error($"'{line.Words[i]}' says nothing about a question");
        }
    }
}
