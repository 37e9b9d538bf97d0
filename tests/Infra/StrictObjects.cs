using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using k8s;
using k8s.Models;

namespace KubeDoH.Tests.Infra;

/// <summary>Objects read into the models of the Kubernetes client, where a member that the API does not have is an error.</summary>
internal static class StrictObjects
{
    private static readonly JsonSerializerOptions Strict = new() { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    private static readonly Dictionary<(string ApiVersion, string Kind), Type> Models = typeof(V1Pod).Assembly.GetTypes()
        .Select(type => (Type: type, Entity: type.GetCustomAttribute<KubernetesEntityAttribute>()))
        .Where(model => model.Entity is not null && typeof(IKubernetesObject<V1ObjectMeta>).IsAssignableFrom(model.Type))
        .ToDictionary(model => (Join(model.Entity!.Group, model.Entity.ApiVersion), model.Entity.Kind), model => model.Type);

    /// <summary>
    /// What is wrong with it; null when nothing is. Kinds of other people's are read as far as they hold Kubernetes' own types.
    /// </summary>
    public static string? Refuse(Manifest manifest)
    {
        try
        {
            if (Models.TryGetValue((manifest.ApiVersion, manifest.Kind), out Type? model)) Read(manifest.ToJson(), model);
            else if (!TryReadForeign(manifest)) return $"{manifest}: there is no {manifest.Kind} in {manifest.ApiVersion}";
            return null;
        }
        catch (JsonException e)
        {
            return $"{manifest}: {e.Message}";
        }
    }

    private static bool TryReadForeign(Manifest manifest)
    {
        Read(Manifest.ToJson(manifest.Get("metadata"))!, typeof(V1ObjectMeta));
        switch (manifest.ApiVersion, manifest.Kind)
        {
            case ("serving.knative.dev/v1", "Service"):
                Read(Manifest.ToJson(manifest.Get("spec", "template", "metadata"))!, typeof(V1ObjectMeta));
                Read(Manifest.ToJson(manifest.Get("spec", "template", "spec"))!, typeof(V1PodSpec));
                return true;
            case ("monitoring.coreos.com/v1", "ServiceMonitor"):
                Read(Manifest.ToJson(manifest.Get("spec", "selector"))!, typeof(V1LabelSelector));
                return true;
            case ("monitoring.coreos.com/v1", "PrometheusRule"):
                // What its groups say is promtool's to judge.
                return true;
            default:
                return false;
        }
    }

    private static void Read(JsonNode node, Type type) => Assert.NotNull(node.Deserialize(type, Strict));

    private static string Join(string? group, string version) => string.IsNullOrEmpty(group) ? version : $"{group}/{version}";
}
