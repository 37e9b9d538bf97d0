using System.Text.Json;
using System.Text.Json.Nodes;
using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Entries;

namespace KubeDoH.Api.Entries;

/// <summary>A merge patch of an entry (RFC 7396): members that it has take the place of the entry's, null gives the default back.</summary>
/// <param name="patch">Read as an <see cref="EntryBody"/> before, so that every member is of its type.</param>
internal sealed class EntryPatch(JsonObject patch)
{
    /// <summary>What the patch makes of the entry. Who wrote it stays, as a patch changes what it names and nothing else.</summary>
    public EntryDraft Apply(Entry entry)
    {
        JsonObject target = JsonSerializer.SerializeToNode(EntryBody.Of(entry), ApiJsonContext.Default.EntryBody)!.AsObject();
        Merge(target, patch);
        EntryDraft draft = target.Deserialize(ApiJsonContext.Default.EntryBody)!.ToDraft(entry.Key);
        if (!patch.ContainsKey("autoPtr")) draft = draft with { AutoPtr = entry.AutoPtr ? null : false };
        return draft with { Source = entry.Source };
    }

    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach ((string member, JsonNode? value) in patch)
        {
            if (value is null) target.Remove(member);
            else if (value is not JsonObject changes) target[member] = value.DeepClone();
            else
            {
                if (target[member] is not JsonObject inner) target[member] = inner = [];
                Merge(inner, changes);
            }
        }
    }
}
