using KubeDoH.Engine;
using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Hosts;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Views;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Replay;

/// <summary>
/// From where a script's questions are seen: <c>ns/NAMESPACE</c> and <c>pod/NAMESPACE/POD</c> of its cluster, and views that it makes up
/// itself. And the files of the former.
/// </summary>
internal sealed class ScriptViews
{
    private readonly Dictionary<string, ClientView> _madeUp = [];
    private readonly IClientViews _views;
    private readonly ViewFiles _files;
    private NodeFiles _node = NodeFiles.None;

    public ScriptViews(ClusterView? cluster, EngineOptions options, TimeProvider time)
    {
        var subjects = new ViewSubjects(cluster, options.Kubernetes.PodViews, time);
        var rules = new ViewRules(options);
        _views = new ClientViews(subjects, rules, () => _node);
        _files = new ViewFiles(cluster, subjects, rules, () => _node);
    }

    /// <summary>The views of the cluster.</summary>
    public IClientViews Views => _views;

    /// <summary>A block <c>given view NAME</c>.</summary>
    public void MakeUp(ScriptBlock block) => _madeUp[block.Head.Word(2, "the view's name")] = Read(block.Body);

    /// <summary>A block <c>given node resolv.conf</c> or <c>given node hosts</c>.</summary>
    public void LoadNode(ScriptBlock block)
    {
        string text = string.Concat(block.Body.Select(line => line.Text + "\n"));
        _node = block.Head.Word(2, "resolv.conf or hosts") switch
        {
            "resolv.conf" => _node with { ResolvConf = NodeText.Readers.ReadResolvConf(text) },
            "hosts" => _node with { Hosts = NodeText.Readers.ReadHosts(text) },
            _ => throw block.Head.Error("of a node there are resolv.conf and hosts"),
        };
    }

    public ClientView Find(ScriptLine line, string name)
    {
        if (_madeUp.TryGetValue(name, out ClientView? madeUp)) return madeUp;
        ClientView view = ClientView.Absolute;
        ViewVerdict verdict = name.Split('/') switch
        {
            ["ns", var space] => _views.TryNamespace(space, out view),
            ["pod", var space, var pod] => _views.TryPod(space, pod, out view),
            _ => ViewVerdict.Unknown,
        };
        return verdict == ViewVerdict.Found ? view : throw line.Error($"there is no view '{name}' ({verdict})");
    }

    /// <summary>
    /// <c>file ns/shop resolv.conf</c>, with its lines below, or <c>missing</c> behind it. Blanks and comments are all one.
    /// </summary>
    public void CheckFile(ScriptBlock block)
    {
        ScriptLine head = block.Head;
        string[] expected = [.. block.Body.Select(line => string.Join(' ', line.Words))];
        ViewFile file = (head.Word(1, "ns/NAMESPACE or pod/NAMESPACE/POD").Split('/'), head.Word(2, "the file")) switch
        {
            (["ns", var space], "resolv.conf") => _files.ResolvConf(space),
            (["ns", var space], "env") => _files.Variables(space, export: false),
            (["pod", var space, var pod], "resolv.conf") => _files.ResolvConf(space, pod),
            (["pod", var space, var pod], "hosts") => _files.Hosts(space, pod),
            (["pod", var space, var pod], "env") => _files.Variables(space, pod, null, export: false),
            _ => throw head.Error("there are resolv.conf and env of ns/NAMESPACE, and hosts too of pod/NAMESPACE/POD"),
        };
        if (file.Verdict != ViewVerdict.Found) throw head.Error($"it is {file.Verdict}");
        bool isMissing = head.Words.ElementAtOrDefault(3) == "missing";
        if (isMissing != (file.Missing is not null)) throw head.Error(file.Missing ?? "it is there");
        string[] actual = [.. file.Text.Split('\n').Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => string.Join(' ', line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))];
        if (!expected.SequenceEqual(actual)) throw head.Error($"the file is\n    {string.Join("\n    ", actual)}");
    }

    /// <summary>Lines <c>namespace NAME</c>, <c>search SUFFIX …</c>, <c>ndots N</c>, <c>alias ADDRESS NAME …</c>.</summary>
    private static ClientView Read(IReadOnlyList<ScriptLine> lines)
    {
        string? space = null;
        int ndots = 1;
        List<DnsName> search = [];
        var aliases = new List<AddressLine>();
        foreach (ScriptLine line in lines)
        {
            switch (line.Words[0])
            {
                case "namespace": space = line.Word(1, "the namespace"); break;
                case "ndots": ndots = int.TryParse(line.Word(1, "the number"), out int number)
                    ? number
                    : throw line.Error("ndots is a number"); break;
                case "search": search.AddRange(line.Words.Skip(1).Select(DnsName.Parse)); break;
                case "alias": aliases.AddRange(HostsText.Read(line.File, string.Join(' ', line.Words.Skip(1)), [])); break;
                default: throw line.Error("a view has namespace, search, ndots and alias lines");
            }
        }

        NameTable? table = aliases.Count > 0 ? NameTable.Build("hostAliases", 30, aliases, pointers: false) : null;
        return new ClientView { Namespace = space, Ndots = ndots, SearchList = search, HostAliases = table };
    }
}
