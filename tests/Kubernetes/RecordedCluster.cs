using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using KubeDoH.Engine.Kubernetes;

namespace KubeDoH.Tests.Kubernetes;

/// <summary>The recorded cluster's files, and readings of texts in a form that can be compared.</summary>
internal static class RecordedCluster
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Converters = { new AddressConverter() } };

    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Data", "cluster", name);

    public static string Snapshot { get; } = File.ReadAllText(PathOf("snapshot.yaml"));

    public static SnapshotContent Read(string text) => SnapshotText.Read("file", Encoding.UTF8.GetBytes(text));

    public static SnapshotReading Merge(params string[] texts)
    {
        var merge = new SnapshotMerge();
        for (int i = 0; i < texts.Length; i++) merge.Add($"file{i}", default, kept: false, Read(texts[i]));
        return merge.ToReading();
    }

    /// <summary>Every field of every object, sorted by kind, namespace and name.</summary>
    public static string Dump(ClusterObjects objects) => JsonSerializer.Serialize(
        new
        {
            Namespaces = objects.Namespaces.OrderBy(item => item.Name, StringComparer.Ordinal)
                .Select(item => item with { Labels = Sorted(item.Labels) }),
            Services = objects.Services.OrderBy(item => $"{item.Namespace}/{item.Name}", StringComparer.Ordinal)
                .Select(item => item with { Labels = Sorted(item.Labels) }),
            EndpointSlices = objects.EndpointSlices.OrderBy(item => $"{item.Namespace}/{item.Name}", StringComparer.Ordinal),
            Pods = objects.Pods.OrderBy(item => $"{item.Namespace}/{item.Name}", StringComparer.Ordinal),
        },
        Indented);

    private static SortedDictionary<string, string> Sorted(IReadOnlyDictionary<string, string> labels) =>
        new(labels.ToDictionary(), StringComparer.Ordinal);

    private sealed class AddressConverter : JsonConverter<IPAddress>
    {
        public override IPAddress? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, IPAddress value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
