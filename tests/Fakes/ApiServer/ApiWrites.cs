using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace KubeDoH.Tests.Fakes.ApiServer;

/// <summary>
/// Create, replace, delete and get, with what the real server fills in: ids, times, cluster addresses and the defaults of each kind.
/// A namespace that is deleted takes along what is in it.
/// </summary>
internal sealed class ApiWrites(ApiObjects objects, TimeProvider time)
{
    private int _addresses;
    private int _names;

    /// <summary>True keeps a deleted namespace Terminating, empty and visible, until it is asked for twice more.</summary>
    public bool SlowNamespaces { get; set; }

    public async Task AnswerAsync(ApiRequest request, HttpContext context, ApiBody body)
    {
        ApiStatus status = request.Verb switch
        {
            "get" => Get(request),
            "create" => Create(request, await ReadAsync(context)),
            "update" => Replace(request, await ReadAsync(context)),
            "delete" when request.Name.Length > 0 => Delete(request),
            _ => new ApiStatus(405, null, "405 method not allowed\n"),
        };
        await body.WriteAsync(status);
    }

    private ApiStatus Get(ApiRequest request)
    {
        if (!objects.TryGet(request.Resource, request.Namespace, request.Name, out ApiObject? known))
            return ApiStatus.NotFound(request.Resource, request.Name);
        JsonObject tree = known.Tree();
        if (tree["metadata"]!["deletionTimestamp"] is not null)
        {
            if (tree["metadata"]!["deletionGracePeriodSeconds"] is not null) objects.Delete(request.Resource, "", request.Name);
            else objects.Change(request.Resource, "", request.Name, seen => seen["metadata"]!["deletionGracePeriodSeconds"] = 0);
        }

        return new ApiStatus(200, Whole(request.Resource, tree));
    }

    private ApiStatus Create(ApiRequest request, JsonObject tree)
    {
        if (tree["metadata"] is not JsonObject metadata) return ApiStatus.Invalid("metadata: Required value");
        if (metadata["generateName"] is { } prefix && metadata["name"] is null)
            metadata["name"] = $"{prefix}{Interlocked.Increment(ref _names):x5}";
        string name = $"{metadata["name"]}";
        if (name.Length == 0) return ApiStatus.Invalid("metadata.name: Required value: name or generateName is required");
        if (objects.TryGet(request.Resource, request.Namespace, name, out _)) return ApiStatus.AlreadyExists(request.Resource, name);
        if (request.Resource.Namespaced)
        {
            if (!objects.TryGet(ApiResource.Namespaces, "", request.Namespace, out _))
                return ApiStatus.NotFound(ApiResource.Namespaces, request.Namespace);
            if (metadata["namespace"] is { } named && $"{named}" != request.Namespace)
                return ApiStatus.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
            metadata["namespace"] = request.Namespace;
        }

        metadata["uid"] = $"{Guid.NewGuid()}";
        metadata["creationTimestamp"] = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        Complete(request.Resource, tree);
        return new ApiStatus(201, Whole(request.Resource, objects.Put(request.Resource, tree).Tree()));
    }

    private ApiStatus Replace(ApiRequest request, JsonObject tree)
    {
        if (!objects.TryGet(request.Resource, request.Namespace, request.Name, out _))
            return ApiStatus.NotFound(request.Resource, request.Name);
        return new ApiStatus(200, Whole(request.Resource, objects.Put(request.Resource, tree).Tree()));
    }

    private ApiStatus Delete(ApiRequest request)
    {
        if (!objects.TryGet(request.Resource, request.Namespace, request.Name, out _))
            return ApiStatus.NotFound(request.Resource, request.Name);
        if (request.Resource != ApiResource.Namespaces)
        {
            objects.Delete(request.Resource, request.Namespace, request.Name);
            return ApiStatus.Success(request.Resource, request.Name);
        }

        objects.Change(request.Resource, "", request.Name, tree =>
        {
            tree["metadata"]!["deletionTimestamp"] = "2026-11-23T01:00:00Z";
            tree["status"] = new JsonObject { ["phase"] = "Terminating" };
        });
        objects.TryGet(request.Resource, "", request.Name, out ApiObject? last);
        foreach (ApiResource resource in ApiResource.All.Where(each => each.Namespaced)) objects.DeleteAll(resource, request.Name);
        if (!SlowNamespaces) objects.Delete(request.Resource, "", request.Name);
        return new ApiStatus(200, Whole(request.Resource, last!.Tree()));
    }

    private void Complete(ApiResource resource, JsonObject tree)
    {
        if (resource == ApiResource.Services) CompleteService((JsonObject)(tree["spec"] ??= new JsonObject()), tree);
        if (resource == ApiResource.EndpointSlices) CompletePorts(tree["ports"]);
        if (resource != ApiResource.Namespaces) return;
        tree["spec"] = new JsonObject { ["finalizers"] = new JsonArray("kubernetes") };
        tree["status"] = new JsonObject { ["phase"] = "Active" };
        var metadata = (JsonObject)tree["metadata"]!;
        if (metadata["labels"] is not JsonObject labels) metadata["labels"] = labels = [];
        labels["kubernetes.io/metadata.name"] = $"{metadata["name"]}";
    }

    private void CompleteService(JsonObject spec, JsonObject tree)
    {
        spec["type"] ??= "ClusterIP";
        spec["sessionAffinity"] ??= "None";
        CompletePorts(spec["ports"]);
        tree["status"] = new JsonObject { ["loadBalancer"] = new JsonObject() };
        if ($"{spec["type"]}" == "ExternalName") return;
        JsonArray families = spec["ipFamilies"] as JsonArray ?? ["IPv4"];
        if (spec["ipFamilies"] is null)
        {
            if ($"{spec["ipFamilyPolicy"]}" is "PreferDualStack" or "RequireDualStack") families.Add("IPv6");
            spec["ipFamilies"] = families;
        }

        spec["ipFamilyPolicy"] ??= "SingleStack";
        spec["internalTrafficPolicy"] ??= "Cluster";
        if (spec["clusterIPs"] is JsonArray) return;
        spec["clusterIPs"] = spec["clusterIP"] is { } fixedAddress
            ? new JsonArray($"{fixedAddress}")
            : new JsonArray([.. families.Select(family => (JsonNode)NewAddress($"{family}"))]);
        spec["clusterIP"] = $"{spec["clusterIPs"]![0]}";
    }

    private static void CompletePorts(JsonNode? ports)
    {
        foreach (JsonNode? port in ports as JsonArray ?? [])
        {
            port!["protocol"] ??= "TCP";
            port["name"] ??= "";
        }
    }

    private string NewAddress(string family)
    {
        int number = Interlocked.Increment(ref _addresses);
        return family == "IPv6" ? $"fd00:10:96::{number:x4}" : $"10.97.{number / 250}.{(number % 250) + 1}";
    }

    private static JsonObject Whole(ApiResource resource, JsonObject tree)
    {
        tree.Insert(0, "kind", resource.Kind);
        tree.Insert(1, "apiVersion", resource.ApiVersion);
        return tree;
    }

    private static async Task<JsonObject> ReadAsync(HttpContext context) =>
        (JsonObject)(await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!;
}
