using System.Collections;
using KubeDoH.Api.Hosting.Configuration;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Tests.Files;

namespace KubeDoH.Tests.Infra;

/// <summary>The settings that the objects give the program are ones that it takes, and mean what the objects around them need.</summary>
public sealed class SettingsTests
{
    public static TheoryData<string> Folders =>
        [.. Kubectl.Kustomizations.Where(folder => !folder.EndsWith("access", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Folders))]
    public async Task Settings_of_the_objects_are_taken(string folder)
    {
        AppOptions options = Read(await Kubectl.RenderAsync(folder));

        Assert.Contains(options.Listen.Http, address => address is { Host: "*", Port: 8053 });
    }

    [Fact]
    public async Task Settings_of_all_components_are_taken()
    {
        using var folder = new TemporaryFolder();

        AppOptions options = Read(await Kubectl.RenderWithAsync(folder, [.. Kubectl.Components]));

        Assert.NotEmpty(options.Listen.Https);
        Assert.Contains("entries", options.Engine.Order);
    }

    /// <summary>Where the program listens is what the container says, and it stops before it is killed.</summary>
    [Fact]
    public async Task Container_has_the_ports_that_are_listened_on()
    {
        IReadOnlyList<Manifest> manifests = await Kubectl.RenderAsync("infra/kubernetes/base");
        AppOptions options = Read(manifests);
        KubeNode pod = PodOf(manifests);

        IEnumerable<int> listened = options.Listen.All.Select(listen => listen.Address.Port)
            .Concat(options.Listen.Dns.Select(dns => dns.Address.Port));
        IEnumerable<int> named = pod["containers"]!.Items.Single()["ports"]!.Items.Select(port => int.Parse(port["containerPort"]!.Text));
        Assert.Equal(listened.Distinct().Order(), named.Distinct().Order());
        Assert.True(options.Listen.Lameduck < TimeSpan.FromSeconds(int.Parse(pod["terminationGracePeriodSeconds"]!.Text)));
    }

    private static AppOptions Read(IReadOnlyList<Manifest> manifests)
    {
        using var folder = new TemporaryFolder();
        KubeNode container = PodOf(manifests)["containers"]!.Items.Single();
        var environment = new Hashtable();
        foreach (KubeNode variable in container["env"]?.Items ?? []) environment[variable["name"]!.Text] = variable["value"]?.Text ?? "";
        string[] arguments = [.. (container["args"]?.Items ?? []).Select(argument => argument.Text)];
        if (manifests.FirstOrDefault(manifest => manifest.Kind == "ConfigMap") is { } map)
        {
            foreach ((string name, string text) in Manifest.Words(map.Get("data"))) folder.Write(name, text);
            arguments = [.. arguments.Select(argument => argument.Replace("/etc/kubedoh/", folder.Root + "/", StringComparison.Ordinal))];
        }

        AppOptions? options = new Settings(CommandLine.Read(arguments), environment, folder.Root).TryRead(out IReadOnlyList<string> errors);
        Assert.Empty(errors);
        return options!;
    }

    private static KubeNode PodOf(IReadOnlyList<Manifest> manifests) =>
        manifests.Single(manifest => manifest.Kind == "Deployment" || manifest.ApiVersion.StartsWith("serving.", StringComparison.Ordinal))
            .Get("spec", "template", "spec");
}
