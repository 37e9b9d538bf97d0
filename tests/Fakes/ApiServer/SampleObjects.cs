using System.Text.Json.Nodes;

namespace KubeDoH.Tests.Fakes.ApiServer;

/// <summary>Small objects for a single test, with the fields that a real server would have filled in.</summary>
internal static class SampleObjects
{
    public static JsonObject Namespace(string name, string labels = "") => JsonText.Object($$$"""
        {"metadata":{"name":"{{{name}}}","uid":"{{{Uid("ns", name)}}}","creationTimestamp":"2026-11-23T00:50:44Z",
        "labels":{"kubernetes.io/metadata.name":"{{{name}}}"{{{labels}}}}},"spec":{"finalizers":["kubernetes"]},"status":{"phase":"Active"}}
        """);

    /// <param name="address">A cluster address; "None" makes it headless.</param>
    public static JsonObject Service(string ns, string name, string address, string port = "http", int number = 80) =>
        JsonText.Object($$$"""
        {"metadata":{"name":"{{{name}}}","namespace":"{{{ns}}}","uid":"{{{Uid(ns, name)}}}","creationTimestamp":"2026-11-23T00:50:44Z",
        "labels":{"app":"{{{name}}}"},"managedFields":[{"manager":"kubectl-create","operation":"Update","apiVersion":"v1",
        "time":"2026-11-23T00:50:44Z","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:labels":{".":{},"f:app":{} } } } } ]},
        "spec":{"ports":[{"name":"{{{port}}}","protocol":"TCP","port":{{{number}}},"targetPort":{{{number}}}}],"selector":{"app":"{{{name}}}"},
        "clusterIP":"{{{address}}}","clusterIPs":["{{{address}}}"],"type":"ClusterIP","sessionAffinity":"None","ipFamilies":["IPv4"],
        "ipFamilyPolicy":"SingleStack","internalTrafficPolicy":"Cluster"},"status":{"loadBalancer":{} } }
        """);

    public static JsonObject ExternalName(string ns, string name, string target) => JsonText.Object($$$"""
        {"metadata":{"name":"{{{name}}}","namespace":"{{{ns}}}","uid":"{{{Uid(ns, name)}}}","creationTimestamp":"2026-11-23T00:50:44Z"},
        "spec":{"externalName":"{{{target}}}","type":"ExternalName","sessionAffinity":"None"},"status":{"loadBalancer":{} } }
        """);

    /// <summary>A slice of endpoints that are ready.</summary>
    public static JsonObject Slice(string ns, string name, string service, params string[] addresses) =>
        SliceOf(ns, name, service, [.. addresses.Select(address => (JsonNode)Endpoint(address))]);

    public static JsonObject SliceOf(string ns, string name, string service, params JsonNode[] endpoints)
    {
        bool isV6 = endpoints.Length > 0 && $"{endpoints[0]["addresses"]![0]}".Contains(':', StringComparison.Ordinal);
        JsonObject slice = JsonText.Object($$$"""
            {"metadata":{"name":"{{{name}}}","generateName":"{{{service}}}-","namespace":"{{{ns}}}","uid":"{{{Uid(ns, name)}}}","generation":1,
            "creationTimestamp":"2026-11-23T00:50:44Z","labels":{"endpointslice.kubernetes.io/managed-by":"endpointslice-controller.k8s.io",
            "kubernetes.io/service-name":"{{{service}}}"},"annotations":{"endpoints.kubernetes.io/last-change-trigger-time":"2026-11-23T00:50:44Z"},
            "ownerReferences":[{"apiVersion":"v1","kind":"Service","name":"{{{service}}}","uid":"{{{Uid(ns, service)}}}","controller":true,
            "blockOwnerDeletion":true}]},"addressType":"{{{(isV6 ? "IPv6" : "IPv4")}}}",
            "endpoints":[],"ports":[{"name":"http","protocol":"TCP","port":80}]}
            """);
        slice["endpoints"] = new JsonArray(endpoints);
        return slice;
    }

    /// <param name="ready">Null leaves the condition out.</param>
    public static JsonObject Endpoint(string address, bool? ready = true, string? hostname = null)
    {
        JsonObject endpoint = JsonText.Object($$$"""
            {"addresses":["{{{address}}}"],"conditions":{"serving":true,"terminating":false},"nodeName":"node-1"}
            """);
        if (ready is { } condition) endpoint["conditions"]!["ready"] = condition;
        if (hostname is not null) endpoint["hostname"] = hostname;
        return endpoint;
    }

    private static string Uid(string ns, string name) => $"{(uint)string.GetHashCode(ns, StringComparison.Ordinal):x8}-0000-4000-8000-"
        + $"{(uint)string.GetHashCode(name, StringComparison.Ordinal):x8}0000";
}
