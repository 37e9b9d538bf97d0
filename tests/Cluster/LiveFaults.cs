using KubeDoH.Tests.Fakes.ApiServer;

namespace KubeDoH.Tests.Cluster;

/// <summary>Everything that an API server may do to those who follow it. Behind each, the objects are what they were before.</summary>
internal static class LiveFaults
{
    public static readonly IReadOnlyDictionary<string, Action<LiveWorld>> All = new Dictionary<string, Action<LiveWorld>>
    {
        ["connections cut"] = world => world.Server.Order(ApiFault.Cut),
        ["watches ended as by a timeout"] = world => world.Server.Order(ApiFault.End),
        ["a line cut in the middle"] = world => Events(world, ApiFault.CutMidway),
        ["garbage in the watch"] = world => Events(world, ApiFault.Garbage("\u0001{]")),
        ["an event of no type that there is"] = world => Events(world, ApiFault.Garbage("{\"type\":\"WHAT\",\"object\":{}}")),
        ["410 in the watch"] = world => world.Server.Order(ApiFault.Gone),
        ["500 in the watch"] = world => world.Server.Order(ApiFault.Fail(500)),
        ["410 when resuming"] = world => Compacted(world),
        ["410 when resuming, as a reply"] = world => Cut(world, ApiFault.Gone, "watch"),
        ["500 for watches"] = world => Cut(world, ApiFault.Fail(500), "watch"),
        ["503 for watches"] = world => Cut(world, ApiFault.Fail(503, retryAfter: 1), "watch"),
        ["429 for watches"] = world => Cut(world, ApiFault.Fail(429, retryAfter: 1), "watch"),
        ["401 for watches"] = world => Cut(world, ApiFault.Fail(401), "watch"),
        ["no reply to watches"] = world => Cut(world, ApiFault.Cut, "watch"),
        ["garbage instead of a watch"] = world => Cut(world, ApiFault.Garbage("<html>"), "watch"),
        ["silent watches"] = world => world.Server.Order(ApiFault.Silent),
        ["watches octet by octet"] = world => Cut(world, ApiFault.Drip(), "watch"),
        ["500 for lists"] = world => Relisted(world, ApiFault.Fail(500)),
        ["429 for lists"] = world => Relisted(world, ApiFault.Fail(429, retryAfter: 2)),
        ["401 for lists"] = world => Relisted(world, ApiFault.Fail(401)),
        ["lists cut in the middle"] = world => Relisted(world, ApiFault.CutMidway),
        ["lists never begun"] = world => Relisted(world, ApiFault.Silent),
        ["lists octet by octet"] = world => Relisted(world, ApiFault.Drip()),
        ["garbage instead of lists"] = world => Relisted(world, ApiFault.Garbage("{\"kind\":\"ServiceList\",\"items\":[{]}")),
        ["lists of something else"] = world => Relisted(world, ApiFault.Garbage("{\"kind\":\"Status\",\"items\":7}")),
        ["pages that expire"] = world => Relisted(world, ApiFault.Gone),
        ["server away and back"] = world =>
        {
            world.Server.Away = true;
            world.Time.Advance(TimeSpan.FromHours(1));
            world.Server.Away = false;
        },
    };

    private static void Events(LiveWorld world, ApiFault fault)
    {
        foreach (ApiResource resource in ApiResource.All) world.Server.Faults.NextEvent(fault, resource);
    }

    /// <summary>Breaks every watch; the next requests of this verb, one for each kind, meet the fault.</summary>
    private static void Cut(LiveWorld world, ApiFault fault, string verb)
    {
        foreach (ApiResource resource in ApiResource.All) world.Server.Faults.Next(fault, verb, resource);
        world.Server.Order(ApiFault.Cut);
    }

    private static void Compacted(LiveWorld world)
    {
        world.Server.Objects.Compact();
        world.Server.Order(ApiFault.Cut);
    }

    private static void Relisted(LiveWorld world, ApiFault fault)
    {
        world.Server.Objects.Compact();
        Cut(world, fault, "list");
    }
}
