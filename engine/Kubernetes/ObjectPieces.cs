using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace KubeDoH.Engine.Kubernetes;

/// <summary>An event of a watch.</summary>
/// <param name="Object">What it is about; null for a bookmark, and for an object that makes no sense and has no name either.</param>
/// <param name="Removes">True when the object is gone, or no longer one that names can be made of.</param>
/// <param name="Version">From where a watch can go on behind this event; null when it does not say.</param>
internal sealed record WatchEvent(KubernetesObject? Object, bool Removes, string? Version);

/// <summary>
/// Reads the pieces of lists and watches of one resource. What makes no sense is written down once, counted and left out.
/// </summary>
internal sealed partial class ObjectPieces(WatchedResource resource, ILogger logger)
{
    /// <summary>Objects beyond these are counted, not logged one by one.</summary>
    private const int MaxLogged = 100;

    private readonly HashSet<string> _keys = [];
    private KubeNode? _node;

    /// <summary>Objects left out since the last list began.</summary>
    public long Skipped { get; private set; }

    /// <summary>The first of them and why, a sentence each. Another list with each further one: others may hold this one.</summary>
    public IReadOnlyList<string> Problems { get; private set; } = [];

    /// <summary>A list begins.</summary>
    public void Begin()
    {
        Skipped = 0;
        Problems = [];
    }

    /// <summary>An item of a list; false when it gives no names or makes no sense.</summary>
    public bool TryRead(ReadOnlySpan<byte> piece, [NotNullWhen(true)] out KubernetesObject? item)
    {
        item = Parse(piece) is { } node ? Read(node) : null;
        if (item?.Value is null) item = null;
        return item is not null;
    }

    /// <summary>The metadata of a list: its version, and the token of its next page or null.</summary>
    public (string? Version, string? Continue) ReadMetadata(ReadOnlySpan<byte> piece)
    {
        KubeNode? node = Parse(piece);
        return (NotEmpty(node?["resourceVersion"]), NotEmpty(node?["continue"]));
    }

    /// <exception cref="ApiFailure">It is the server's word that the watch cannot go on.</exception>
    public WatchEvent ReadEvent(ReadOnlySpan<byte> piece)
    {
        KubeNode? node = Parse(piece), about = node?["object"];
        string? type = node?["type"]?.Text, version = NotEmpty(about?["metadata"]?["resourceVersion"]);
        if (type == "ERROR") throw ApiFailure.OfStatus(about);
        if (type == "BOOKMARK") return new WatchEvent(null, false, version);
        if (about is null || type is not ("ADDED" or "MODIFIED" or "DELETED"))
        {
            if (node is not null) Skip("", $"an event '{type}' that is none");
            return new WatchEvent(null, false, version);
        }

        if (type != "DELETED")
            return Read(about) is { } item ? new WatchEvent(item, item.Value is null, version) : new(null, false, version);
        // Of what is gone the name is enough, however wrong the rest is.
        KubernetesObject gone = ObjectReader.Read(resource.Kind, about, new ObjectFields());
        return new WatchEvent(gone, true, version);
    }

    private static string? NotEmpty(KubeNode? node) => node is { Text: { Length: > 0 } text } ? text : null;

    private KubeNode? Parse(ReadOnlySpan<byte> piece)
    {
        _node = null;
        if (JsonNodes.Read(piece, node => _node = node, _keys) is { } defect) Skip("", defect.Message);
        return _node;
    }

    /// <summary>The object, without a value when it makes no sense; null when not even its name does.</summary>
    private KubernetesObject? Read(KubeNode node)
    {
        var fields = new ObjectFields();
        KubernetesObject read = ObjectReader.Read(resource.Kind, node, fields);
        if (fields.Defect is not { } defect) return read;
        Skip(read.ToString(), defect.Message);
        return read with { Value = null };
    }

    private void Skip(string what, string why)
    {
        Skipped++;
        if (Skipped > MaxLogged) return;
        string problem = ApiFailure.Printable(what.Length > 0 ? $"{what}: {why}" : why);
        Problems = [.. Problems, problem];
        Log.Skipped(logger, resource.Name, problem);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Kubernetes: skipped in {Resource}: {Problem}")]
        public static partial void Skipped(ILogger logger, string resource, string problem);
    }
}
