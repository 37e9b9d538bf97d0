using KubeDoH.Engine;
using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Views;

namespace KubeDoH.Tests.Views;

/// <summary>Files before everything is known, and for each container.</summary>
public sealed class ViewFilesTests
{
    private readonly ClusterView _cluster = new(new ClusterRules(new KubernetesOptions()), TimeProvider.System, "cluster");
    private readonly ViewFiles _files;

    public ViewFilesTests() => _files = new ViewFiles(
        _cluster, new ViewSubjects(_cluster, PodViews.OnDemand, TimeProvider.System), new ViewRules(new EngineOptions()),
        () => NodeFiles.None);

    /// <summary>A list of services that is half in would make files that lack some.</summary>
    [Fact]
    public void Variables_wait_for_all_services_and_resolv_conf_does_not()
    {
        Load(synced: false);

        Assert.Equal(ViewVerdict.NotSynced, _files.Variables("shop", export: false).Verdict);
        Assert.Equal(ViewVerdict.NotSynced, _files.Variables("shop", "p", null, export: false).Verdict);
        Assert.Equal(ViewVerdict.Found, _files.ResolvConf("shop").Verdict);
        Assert.Equal(ViewVerdict.Found, _files.Hosts("shop", "p").Verdict);
        Assert.Equal(ViewVerdict.NotSynced, _files.ResolvConf("ops").Verdict);

        Load(synced: true);
        Assert.Equal(ViewVerdict.Found, _files.Variables("shop", export: false).Verdict);
        Assert.Equal(ViewVerdict.Unknown, _files.ResolvConf("ops").Verdict);
    }

    /// <summary>A container that was started again has variables of what came in between.</summary>
    [Theory]
    [InlineData(null, "EARLY_SERVICE_HOST=10.96.0.1\n")]
    [InlineData("main", "EARLY_SERVICE_HOST=10.96.0.1\n")]
    [InlineData("again", "EARLY_SERVICE_HOST=10.96.0.1\nLATE_SERVICE_HOST=10.96.0.2\n")]
    [InlineData("waiting", "")]
    public void Variables_are_those_of_the_container(string? container, string text)
    {
        Load(synced: true);

        Assert.Equal(text, _files.Variables("shop", "p", container, export: false).Text);
    }

    private void Load(bool synced) => _cluster.Replace(
        new ClusterObjects
        {
            Namespaces = [new NamespaceObject { Name = "shop" }],
            Services = [Service("early", "10.96.0.1", 10), Service("late", "10.96.0.2", 30)],
            Pods =
            [
                new PodObject
                {
                    Namespace = "shop", Name = "p", StartedAt = At(5),
                    Containers =
                        [new ContainerObject("main", At(20)), new ContainerObject("again", At(40)), new ContainerObject("waiting", null)],
                },
            ],
        },
        synced);

    private static ServiceObject Service(string name, string address, int minute) =>
        new() { Namespace = "shop", Name = name, ClusterIPs = [System.Net.IPAddress.Parse(address)], CreatedAt = At(minute) };

    private static DateTimeOffset At(int minute) => new(2026, 11, 23, 9, minute, 0, TimeSpan.Zero);
}
