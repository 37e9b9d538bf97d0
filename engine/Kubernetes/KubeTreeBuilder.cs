namespace KubeDoH.Engine.Kubernetes;

/// <summary>
/// Builds documents out of what a JSON or a YAML reader meets, in the order of the text, and holds the limits for both.
/// After <see cref="Error"/> is set nothing more is to be fed.
/// </summary>
/// <param name="onDocument">Gets each document once it is complete.</param>
internal sealed class KubeTreeBuilder(Action<KubeNode> onDocument)
{
    /// <summary>Nodes of one file, an alias counted as all that it stands for: nine lines of aliases can stand for billions.</summary>
    public const int MaxNodes = 5_000_000;

    /// <summary>Collections one inside another; a Pod needs about a dozen.</summary>
    public const int MaxDepth = 64;

    private const int FewKeys = 16;

    private readonly Stack<Frame> _open = new();
    private readonly List<KubeNode> _values = [];
    private readonly List<string> _keys = [];
    private readonly Dictionary<string, (KubeNode Node, int Size)> _anchors = [];
    private int _count;

    /// <summary>What makes the whole text unreadable, or null.</summary>
    public TextDefect? Error { get; private set; }

    private bool WantsKey =>
        _open.TryPeek(out Frame? frame) && frame.Kind == KubeNodeKind.Map
            && _keys.Count - frame.FirstKey == _values.Count - frame.FirstValue;

    /// <summary>A scalar: the next key of a map that waits for one, else a value.</summary>
    public void Scalar(KubeNodeKind kind, string text, int line, string? anchor = null)
    {
        if (WantsKey) AddKey(_open.Peek(), text, line);
        else Add(new KubeNode(kind, line, text), line, anchor);
    }

    /// <summary>A list or a map begins.</summary>
    public void Open(KubeNodeKind kind, int line, string? anchor = null)
    {
        if (WantsKey) Fail(line, "a key must be a name, not a list or a map");
        else if (_open.Count == MaxDepth) Fail(line, $"nested deeper than {MaxDepth}");
        else _open.Push(new Frame(kind, line, anchor, _values.Count, _keys.Count, _count));
    }

    /// <summary>The innermost list or map ends.</summary>
    public void Close()
    {
        Frame frame = _open.Pop();
        int size = _values.Count - frame.FirstValue;
        byte height = 0;
        var items = new KubeNode[size];
        for (int i = 0; i < size; i++)
        {
            items[i] = _values[frame.FirstValue + i];
            height = Math.Max(height, items[i].Height);
        }
        object content = items;
        if (frame.Kind == KubeNodeKind.Map)
        {
            var members = new KeyValuePair<string, KubeNode>[size];
            for (int i = 0; i < size; i++) members[i] = new(_keys[frame.FirstKey + i], items[i]);
            content = members;
        }
        _values.RemoveRange(frame.FirstValue, size);
        _keys.RemoveRange(frame.FirstKey, _keys.Count - frame.FirstKey);
        var node = new KubeNode(frame.Kind, frame.Line, content, (byte)(height + 1), frame.Defect);
        Add(node, frame.Line, frame.Anchor, below: _count - frame.Count);
    }

    /// <summary>A YAML alias: the node that the anchor stands on, which must be complete.</summary>
    public void Alias(string anchor, int line)
    {
        if (WantsKey) Fail(line, $"alias *{anchor} as a key");
        else if (!_anchors.TryGetValue(anchor, out (KubeNode Node, int Size) target))
            Fail(line, $"alias *{anchor} names no anchor above it");
        else if (_open.Count + target.Node.Height > MaxDepth) Fail(line, $"alias *{anchor} nests deeper than {MaxDepth}");
        else if (Count(target.Size - 1, line)) Add(target.Node, line, anchor: null);
    }

    private void AddKey(Frame frame, string key, int line)
    {
        if (key == "<<") frame.Defect ??= new TextDefect(line, "merge keys (<<) are not supported");
        else if (IsTaken(frame, key)) frame.Defect ??= new TextDefect(line, $"key '{key}' is given twice");
        _keys.Add(key);
    }

    private bool IsTaken(Frame frame, string key)
    {
        int size = _keys.Count - frame.FirstKey;
        if (size < FewKeys) return _keys.IndexOf(key, frame.FirstKey) >= 0;
        frame.Keys ??= [.. _keys.Skip(frame.FirstKey)];
        return !frame.Keys.Add(key);
    }

    private void Add(KubeNode node, int line, string? anchor, int below = 0)
    {
        if (!Count(1, line)) return;
        if (anchor is not null) _anchors[anchor] = (node, below + 1);
        if (_open.TryPeek(out Frame? parent))
        {
            _values.Add(node);
            // An object's defect is the whole object's, but not that of the list of objects around it.
            bool listOfObjects = _open.Count == 2 && parent.Kind == KubeNodeKind.List && _keys is [.., "items"];
            if (!listOfObjects) parent.Defect ??= node.Defect;
            return;
        }
        _anchors.Clear();
        onDocument(node);
    }

    private bool Count(int nodes, int line)
    {
        if (nodes > MaxNodes - _count) Fail(line, $"more than {MaxNodes} values, aliases counted as what they stand for");
        else _count += nodes;
        return Error is null;
    }

    private void Fail(int line, string message) => Error ??= new TextDefect(line, message);

    /// <summary>A list or a map whose end has not come yet.</summary>
    private sealed class Frame(KubeNodeKind kind, int line, string? anchor, int firstValue, int firstKey, int count)
    {
        public KubeNodeKind Kind => kind;
        public int Line => line;
        public string? Anchor => anchor;
        public int FirstValue => firstValue;
        public int FirstKey => firstKey;
        public int Count => count;
        public HashSet<string>? Keys { get; set; }
        public TextDefect? Defect { get; set; }
    }
}
