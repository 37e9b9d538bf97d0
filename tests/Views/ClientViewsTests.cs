using KubeDoH.Engine;
using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Views;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Views;

/// <summary>Views that are kept: which, how many, and while pods are only coming.</summary>
public sealed class ClientViewsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ClusterView _cluster;
    private readonly ClientViews _views;

    public ClientViewsTests()
    {
        var options = new EngineOptions();
        options.Forward.PodNameservers = ["192.0.2.53", "192.0.2.54"];
        _cluster = new ClusterView(new ClusterRules(options.Kubernetes), _time, "cluster");
        _views = new ClientViews(new ViewSubjects(_cluster, PodViews.OnDemand, _time), new ViewRules(options), () => NodeFiles.None);
    }

    /// <summary>Somebody who walks through all pods must not fill the memory.</summary>
    [Fact]
    public void Only_some_thousand_views_of_pods_are_kept()
    {
        _cluster.Replace(new ClusterObjects
        {
            Namespaces = [new NamespaceObject { Name = "shop" }],
            Pods = [.. Enumerable.Range(0, 10_000).Select(number => new PodObject { Namespace = "shop", Name = $"p{number}" })],
        });
        var kept = new List<WeakReference>();
        for (int i = 0; i < 10_000; i++) kept.Add(Keep($"p{i}"));

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.InRange(kept.Count(view => view.IsAlive), 1, 4097);
        GC.KeepAlive(_views);

        WeakReference Keep(string pod)
        {
            Assert.Equal(ViewVerdict.Found, _views.TryPod("shop", pod, out ClientView view));
            return new WeakReference(view);
        }
    }

    /// <summary>The forwarding, its cache and its health go by the servers: pods that name the same ones share them.</summary>
    [Fact]
    public void Pods_with_the_same_servers_share_them()
    {
        Put("a", "192.0.2.53", "192.0.2.54");
        Put("b", "192.0.2.53", "192.0.2.54");
        Put("c", "192.0.2.54", "192.0.2.53");

        Assert.Same(Upstreams("a"), Upstreams("b"));
        Assert.NotSame(Upstreams("a"), Upstreams("c"));
        Assert.Equal(["192.0.2.54", "192.0.2.53"], Upstreams("c")!.Servers.Select(server => server.ToString()));
    }

    /// <summary>Whoever sees a pod while it changes sees it as it was or as it is, never half of each.</summary>
    [Fact]
    public async Task View_of_a_pod_that_changes_is_whole()
    {
        using var stop = new CancellationTokenSource();
        Put("p", "192.0.2.53");
        Task writer = Task.Run(() =>
        {
            for (int round = 0; !stop.IsCancellationRequested; round++) Put("p", round % 2 == 0 ? "192.0.2.53" : "192.0.2.54");
        }, TestContext.Current.CancellationToken);

        bool[] wrong = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(IsEverWrong, TestContext.Current.CancellationToken)));
        await stop.CancelAsync();
        await writer;

        Assert.DoesNotContain(true, wrong);

        bool IsEverWrong()
        {
            for (int i = 0; i < 20_000; i++)
            {
                if (_views.TryPod("shop", "p", out ClientView view) != ViewVerdict.Found) return true;
                string server = view.Upstreams!.Servers[0].ToString();
                if (view.SearchList.Count != 1 || view.SearchList[0].ToString() != $"of-{server.Replace('.', '-')}.example.") return true;
            }

            return false;
        }
    }

    [Theory]
    [InlineData("shop", "p", ViewVerdict.Found)]
    [InlineData("shop", "P", ViewVerdict.UnknownPod)]
    [InlineData("shop", "", ViewVerdict.UnknownPod)]
    [InlineData("ops", "p", ViewVerdict.UnknownPod)]
    [InlineData("nowhere", "p", ViewVerdict.Unknown)]
    [InlineData("", "p", ViewVerdict.Unknown)]
    [InlineData("a.b", "p", ViewVerdict.Unknown)]
    [InlineData("ümlaut", "p", ViewVerdict.Unknown)]
    public void Pod_is_found_by_its_namespace_and_name(string space, string pod, ViewVerdict verdict)
    {
        _cluster.Replace(new ClusterObjects
        {
            Namespaces = [new NamespaceObject { Name = "shop" }, new NamespaceObject { Name = "ops" }],
            Pods = [new PodObject { Namespace = "shop", Name = "p" }],
        });

        Assert.Equal(verdict, _views.TryPod(space, pod, out _));
    }

    [Fact]
    public async Task Wait_for_pods_ends_after_a_moment_and_at_once_when_they_come()
    {
        _cluster.Apply(
            new ObjectChange.Put(new KubernetesObject(KubernetesKind.Namespace, "", "shop", 1, new NamespaceObject { Name = "shop" }), 1));
        Assert.Equal(ViewVerdict.PodsComing, _views.TryPod("shop", "p", out _));

        Task wait = _views.AwaitPodsAsync(TestContext.Current.CancellationToken);
        for (int step = 0; step < 200 && !wait.IsCompleted; step++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(20));
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        await wait.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(ViewVerdict.PodsComing, _views.TryPod("shop", "p", out _));

        Task second = _views.AwaitPodsAsync(TestContext.Current.CancellationToken);
        _cluster.Apply(new ObjectChange.Listed(KubernetesKind.Pod, 1));
        await second.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(ViewVerdict.UnknownPod, _views.TryPod("shop", "p", out _));
    }

    [Fact]
    public async Task Wait_for_pods_ends_when_the_caller_goes()
    {
        using var gone = new CancellationTokenSource();
        Task wait = _views.AwaitPodsAsync(gone.Token);
        await gone.CancelAsync();

        await wait.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    private ViewUpstreams? Upstreams(string pod)
    {
        Assert.Equal(ViewVerdict.Found, _views.TryPod("shop", pod, out ClientView view));
        return view.Upstreams;
    }

    private void Put(string name, params string[] servers)
    {
        var pod = new PodObject
        {
            Namespace = "shop", Name = name, DnsPolicy = "None", DnsConfig = new PodDnsObject(
                [.. servers.Select(System.Net.IPAddress.Parse)], [$"of-{servers[0].Replace('.', '-')}.example"], []),
        };
        _cluster.Apply(
            new ObjectChange.Put(new KubernetesObject(KubernetesKind.Namespace, "", "shop", 1, new NamespaceObject { Name = "shop" }), 1));
        _cluster.Apply(new ObjectChange.Put(new KubernetesObject(KubernetesKind.Pod, "shop", name, 1, pod), 1));
    }
}
