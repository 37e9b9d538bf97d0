using KubeDoH.Engine;
using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Views;
using KubeDoH.Engine.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeDoH.Bench;

/// <summary>The whole engine over the sample cluster, its hosts file and a few entries.</summary>
internal sealed class SampleEngine
{
    private readonly EngineServices _services;
    private readonly ClientView _view;

    private SampleEngine(EngineServices services)
    {
        _services = services;
        if (services.Views.TryNamespace("dns-playground", out _view) != ViewVerdict.Found) throw new InvalidOperationException("no such namespace");
    }

    public static SampleEngine Load()
    {
        string root = FindRoot();
        var options = new EngineOptions();
        options.Kubernetes.Snapshot = [Path.Combine(root, "infra/playground/cluster.yaml")];
        options.Hosts.Files = [Path.Combine(root, "infra/playground/hosts")];
        options.Forward.Servers = [];
        options.Store.Kind = StoreKind.Memory;
        if (!EngineServices.TryCreate(options, [], TimeProvider.System, NullLoggerFactory.Instance, out EngineServices? services, out string? error))
            throw new InvalidOperationException(error);
        foreach (IFeed feed in services.Feeds) feed.LoadAsync(CancellationToken.None).GetAwaiter().GetResult();
        foreach (IFeed feed in services.Feeds) _ = feed.RunAsync(CancellationToken.None);
        Put(services, "db.corp.example", RecordType.A, "10.0.0.5");
        Put(services, "*.corp.example", RecordType.A, "10.0.0.6");
        Put(services, "alias.corp.example", RecordType.CNAME, "secco.dns-playground.svc.cluster.local.");
        Put(services, "scoped.corp.example", RecordType.A, "10.0.0.7", "dns-playground");
        return new SampleEngine(services);
    }

    /// <summary>From the question's bytes to the reply's, as the endpoint does it; returns the reply's length.</summary>
    public int Ask(byte[] question, bool seenFromNamespace, byte[] reply)
    {
        using Query query = Query.Rent();
        if (query.TryParse(question) != WireError.None) throw new InvalidOperationException("not a question");
        if (seenFromNamespace) query.View = _view;
        return Resolve(query).WriteTo(reply, query);
    }

    public Answer Resolve(Query query)
    {
        ValueTask<Answer> pending = _services.Resolver.ResolveAsync(query, CancellationToken.None);
        return pending.IsCompletedSuccessfully ? pending.Result : throw new InvalidOperationException("a hit waits for nothing");
    }

    /// <summary>A recursive question with an OPT record, as most resolvers send it.</summary>
    public static byte[] Question(string name, RecordType type)
    {
        ReadOnlySpan<byte> opt = [0, 0, (byte)RecordType.OPT, 0x04, 0xd0, 0, 0, 0, 0, 0, 0];
        return [0x12, 0x34, 0x01, 0, 0, 1, 0, 0, 0, 0, 0, 1, .. DnsName.Parse(name).Span, 0, (byte)type, 0, 1, .. opt];
    }

    private static void Put(EngineServices services, string name, RecordType type, string data, params string[] namespaces)
    {
        var draft = new EntryDraft(DnsName.Parse(name), type) { Records = [data], Namespaces = namespaces };
        WriteResult result = services.Entries.PutAsync(draft, EntryCondition.None, default, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        if (result.Outcome == StoreOutcome.Refused) throw new InvalidOperationException($"the entry {name} is refused");
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "KubeDoH.slnx"))) return at.FullName;
        throw new InvalidOperationException("not inside the repository");
    }
}
