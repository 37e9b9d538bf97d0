using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace KubeDoH.Tests.Fakes.ApiServer;

/// <summary>
/// What the server holds: objects by kind, one version number over all of them that each change raises, and the log of the changes,
/// which can be cut off (compacted). Safe to use from several threads.
/// </summary>
internal sealed class ApiObjects
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ApiResource, Shelf> _shelves = ApiResource.All.ToDictionary(resource => resource, _ => new Shelf());
    private long _version = 100;

    /// <summary>The version of the last change.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>Raised at each compaction: pages of lists from before have expired.</summary>
    public long Compactions { get; private set; }

    /// <summary>Takes a list as an API server answered it; the objects keep their versions, and nothing is logged.</summary>
    public void Load(ApiResource resource, string list)
    {
        JsonObject tree = JsonText.Object(list);
        lock (_gate)
        {
            foreach (JsonNode? item in tree["items"]!.AsArray())
            {
                long version = long.Parse($"{item!["metadata"]!["resourceVersion"]}", CultureInfo.InvariantCulture);
                var loaded = ApiObject.Of((JsonObject)item, version);
                _shelves[resource].Objects[loaded.Key] = loaded;
                _version = Math.Max(_version, version);
            }

            _version = Math.Max(_version, long.Parse($"{tree["metadata"]!["resourceVersion"]}", CultureInfo.InvariantCulture));
            foreach (Shelf shelf in _shelves.Values) shelf.Compacted = _version;
        }
    }

    /// <summary>Creates the object or replaces the one of its name.</summary>
    public ApiObject Put(ApiResource resource, JsonObject tree)
    {
        lock (_gate) return Log(resource, ApiObject.Of(tree, ++_version));
    }

    /// <inheritdoc cref="Put(ApiResource, JsonObject)"/>
    public ApiObject Put(ApiResource resource, string json) => Put(resource, JsonText.Object(json));

    /// <summary>Puts what no API server should hold: any JSON value, sent as it is, under a name that only this server sees.</summary>
    public void PutRaw(ApiResource resource, string name, string json)
    {
        lock (_gate) Log(resource, new ApiObject("raw", name, ++_version, Encoding.UTF8.GetBytes(json), new Dictionary<string, string>()));
    }

    /// <summary>Changes the object in place; false when there is none.</summary>
    public bool Change(ApiResource resource, string ns, string name, Action<JsonObject> change)
    {
        lock (_gate)
        {
            if (!TryGet(resource, ns, name, out ApiObject? known)) return false;
            JsonObject tree = known.Tree();
            change(tree);
            Log(resource, ApiObject.Of(tree, ++_version));
            return true;
        }
    }

    public bool Delete(ApiResource resource, string ns, string name)
    {
        lock (_gate)
        {
            Shelf shelf = _shelves[resource];
            if (!shelf.Objects.Remove(ApiObject.KeyOf(ns, name), out ApiObject? known)) return false;
            ApiObject last = ns == "raw" ? known with { Version = ++_version } : ApiObject.Of(known.Tree(), ++_version);
            shelf.Append(new ApiEvent("DELETED", last, known));
            return true;
        }
    }

    /// <summary>Deletes every object of the kind, or of one namespace of it.</summary>
    public void DeleteAll(ApiResource resource, string? ns = null)
    {
        foreach (ApiObject known in Read(resource).Objects)
        {
            if (ns is null || known.Namespace == ns) Delete(resource, known.Namespace, known.Name);
        }
    }

    public bool TryGet(ApiResource resource, string ns, string name, [NotNullWhen(true)] out ApiObject? known)
    {
        lock (_gate) return _shelves[resource].Objects.TryGetValue(ApiObject.KeyOf(ns, name), out known);
    }

    /// <summary>Every object of the kind in order, and the version that this is the state of.</summary>
    public (long Version, ApiObject[] Objects) Read(ApiResource resource)
    {
        lock (_gate) return (_version, [.. _shelves[resource].Objects.Values]);
    }

    /// <summary>Forgets the log: whoever resumes from an earlier version, or goes on with an earlier list, gets 410.</summary>
    public void Compact()
    {
        lock (_gate)
        {
            Compactions++;
            _version++;
            foreach (Shelf shelf in _shelves.Values)
            {
                if (shelf.Log.Count > 0) shelf.Dropped = shelf.Log[^1].Version;
                shelf.Log.Clear();
                shelf.Compacted = _version;
            }
        }
    }

    /// <summary>True when a watch may begin behind this version: the log reaches back that far.</summary>
    public bool Reaches(ApiResource resource, long version)
    {
        lock (_gate) return version >= _shelves[resource].Compacted;
    }

    /// <summary>
    /// The events after a version; false when some of them are lost. A watch that is open outlives a compaction of what it has read.
    /// </summary>
    /// <param name="changed">Ends at the next change of the kind.</param>
    public bool TryRead(ApiResource resource, long seen, out ApiEvent[] events, out long version, out Task changed)
    {
        lock (_gate)
        {
            Shelf shelf = _shelves[resource];
            changed = shelf.Changed.Task;
            version = _version;
            int first = shelf.FirstAfter(seen);
            events = [.. shelf.Log[first..]];
            return seen >= shelf.Dropped;
        }
    }

    private ApiObject Log(ApiResource resource, ApiObject changed)
    {
        Shelf shelf = _shelves[resource];
        shelf.Objects.TryGetValue(changed.Key, out ApiObject? before);
        shelf.Objects[changed.Key] = changed;
        shelf.Append(new ApiEvent(before is null ? "ADDED" : "MODIFIED", changed, before));
        return changed;
    }

    /// <summary>The objects of a kind and what happened to them.</summary>
    private sealed class Shelf
    {
        public SortedDictionary<string, ApiObject> Objects { get; } = new(StringComparer.Ordinal);

        public List<ApiEvent> Log { get; } = [];

        /// <summary>Nobody begins behind an earlier version than this.</summary>
        public long Compacted { get; set; }

        /// <summary>The version of the last event that a compaction dropped.</summary>
        public long Dropped { get; set; }

        public TaskCompletionSource Changed { get; private set; } = NewSignal();

        public void Append(ApiEvent happened)
        {
            Log.Add(happened);
            TaskCompletionSource changed = Changed;
            Changed = NewSignal();
            changed.SetResult();
        }

        public int FirstAfter(long version)
        {
            int low = 0;
            int high = Log.Count;
            while (low < high)
            {
                int middle = (low + high) / 2;
                if (Log[middle].Version > version) high = middle;
                else low = middle + 1;
            }

            return low;
        }

        private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
