namespace KubeDoH.Engine.Kubernetes;

/// <summary>What a node of a text is, in the terms that JSON and YAML's core schema (YAML 1.2.2, 10.3) share.</summary>
internal enum KubeNodeKind : byte { Null, Flag, Number, Text, List, Map }

/// <summary>What is wrong with a text, and on which line (the first is 1).</summary>
internal sealed record TextDefect(int Line, string Message);

/// <summary>A value of a JSON or YAML text. An alias is the very node it names, so a node may have several parents.</summary>
internal sealed class KubeNode(KubeNodeKind kind, int line, object? content, byte height = 0, TextDefect? defect = null)
{
    public KubeNodeKind Kind => kind;
    public int Line => line;

    /// <summary>How many collections lie one inside another below and including this; 0 for a scalar.</summary>
    public byte Height => height;

    /// <summary>A key given twice or a merge key, here or below; such an object is not to be trusted.</summary>
    public TextDefect? Defect => defect;

    /// <summary>A scalar's text: "true" or "false" of a flag, as written of a number, unescaped of a string.</summary>
    public string Text => content as string ?? "";

    public KubeNode[] Items => content as KubeNode[] ?? [];

    public KeyValuePair<string, KubeNode>[] Members => content as KeyValuePair<string, KubeNode>[] ?? [];

    /// <summary>The member of a map; null when it is absent or null, which Kubernetes takes for the same.</summary>
    public KubeNode? this[string key]
    {
        get
        {
            foreach (KeyValuePair<string, KubeNode> member in Members)
                if (member.Key == key) return member.Value.Kind == KubeNodeKind.Null ? null : member.Value;
            return null;
        }
    }
}
