namespace KubeDoH.Tests.Fuzz;

/// <summary>Everything that reads what strangers write.</summary>
internal static class FuzzTargets
{
    public static readonly IReadOnlyList<FuzzTarget> All =
    [
        new("query", MessageTargets.Query),
        new("reply", MessageTargets.Reply),
        new("written", WrittenTarget.Run),
        new("doh", HttpTargets.Doh),
        new("entry", HttpTargets.Entry),
        new("name", TextTargets.Name),
        new("record", TextTargets.Record),
        new("hosts", TextTargets.Hosts),
        new("resolvconf", TextTargets.ResolvConf),
        new("zone", ZoneTarget.Read),
        new("import", ImportTarget.Read),
        new("snapshot", SnapshotTarget.Read),
    ];

    public static FuzzTarget Find(string name) => All.Single(target => target.Name == name);
}
