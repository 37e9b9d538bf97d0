using KubeDoH.Engine;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeDoH.Tests;

/// <summary>A whole engine that asks nobody and keeps its entries in memory, unless a test has it otherwise.</summary>
internal static class TestEngine
{
    /// <summary>One over the sample cluster.</summary>
    public static EngineServices Create(Action<EngineOptions>? configure = null)
    {
        var options = new EngineOptions();
        options.Kubernetes.Snapshot = [Repository.PathOf("infra/playground/cluster.yaml")];
        options.Hosts.Files = [];
        options.Forward.Servers = [];
        options.Store.Kind = StoreKind.Memory;
        configure?.Invoke(options);
        return Create(options);
    }

    public static EngineServices Create(EngineOptions options)
    {
        Assert.True(EngineServices.TryCreate(
            options, [], TimeProvider.System, NullLoggerFactory.Instance, out EngineServices? engine, out string? error), error);
        return engine;
    }
}
