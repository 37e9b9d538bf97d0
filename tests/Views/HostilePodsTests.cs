using System.Text.Json.Nodes;
using KubeDoH.Engine;
using KubeDoH.Tests.Api.Inspect;
using KubeDoH.Tests.Files;

namespace KubeDoH.Tests.Views;

/// <summary>
/// What a pod may hold that is not meant well: an API server checks neither the options of a dnsConfig nor what a file of objects has.
/// </summary>
public sealed class HostilePodsTests
{
    [Theory]
    [InlineData("1\nnameserver 192.0.2.66")]
    [InlineData("1 nameserver")]
    [InlineData("1\r\nsearch evil.example")]
    [InlineData("1\u0000")]
    [InlineData("\u2028")]
    [InlineData("é")]
    public async Task Option_that_is_not_one_word_is_left_out(string value)
    {
        string text = await ResolvConfAsync(
            new JsonObject { ["options"] = new JsonArray(Option("timeout", value), Option("attempts", "3")) });

        Assert.Equal(
            "nameserver 10.96.0.10\nsearch shop.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5 attempts:3\n", text);
    }

    [Theory]
    [InlineData("a.example\nnameserver 192.0.2.66")]
    [InlineData("a.example b.example")]
    [InlineData("a..example")]
    [InlineData("\u0000")]
    [InlineData("")]
    public async Task Suffix_that_is_not_one_name_is_left_out(string suffix)
    {
        string text = await ResolvConfAsync(new JsonObject { ["searches"] = new JsonArray(suffix, "corp.example") });

        Assert.Equal(
            "nameserver 10.96.0.10\nsearch shop.svc.cluster.local svc.cluster.local cluster.local corp.example\noptions ndots:5\n", text);
    }

    [Theory]
    [InlineData("ndots:15", "15", 15)]
    [InlineData("ndots:99", "99", 15)]
    [InlineData("ndots:0", "0", 0)]
    [InlineData("ndots:x", "x", 1)]
    [InlineData("ndots:-1", "-1", 1)]
    public async Task Dots_are_those_that_a_resolver_would_take(string line, string value, int ndots)
    {
        using var folder = new TemporaryFolder();
        await using InspectHost host = await StartAsync(folder, new JsonObject { ["options"] = new JsonArray(Option("ndots", value)) });

        string text = (await host.GetAsync("/api/v1/pods/shop/p/resolv.conf")).Body;
        host.Engine.Views.TryPod("shop", "p", out Engine.Resolution.ClientView view);

        Assert.EndsWith($"options {line}\n", text, StringComparison.Ordinal);
        Assert.Equal(ndots, view.Ndots);
    }

    private static JsonObject Option(string name, string value) => new() { ["name"] = name, ["value"] = value };

    private static async Task<string> ResolvConfAsync(JsonObject dns)
    {
        using var folder = new TemporaryFolder();
        await using InspectHost host = await StartAsync(folder, dns);
        return (await host.GetAsync("/api/v1/pods/shop/p/resolv.conf")).Body;
    }

    private static Task<InspectHost> StartAsync(TemporaryFolder folder, JsonObject dns)
    {
        var pod = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject { ["name"] = "p", ["namespace"] = "shop" },
            ["spec"] = new JsonObject { ["dnsConfig"] = dns },
        };
        string file = folder.Write("pod.json", pod.ToJsonString());
        return InspectHost.StartAsync(options => options.Kubernetes.Snapshot = [file]);
    }
}
