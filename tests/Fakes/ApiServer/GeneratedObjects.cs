using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace KubeDoH.Tests.Fakes.ApiServer;

/// <summary>
/// A large cluster, the same for the same seed, whose objects are as long as real ones: with managed fields, annotations, owners and
/// node names. Every fifth service is headless; each has one slice.
/// </summary>
internal sealed class GeneratedObjects(int seed, int services, int endpointsEach)
{
    private const int PerNamespace = 100;
    private static readonly string[] Words =
        ["checkout", "catalog", "billing", "search", "session", "mail", "stock", "media", "audit", "price"];

    private readonly Random _random = new(seed);
    private int _addresses;

    public int Services => services;

    /// <summary>The namespace and the name of a service by its number.</summary>
    public static (string Namespace, string Name) NameOf(int number) =>
        ($"team-{number / PerNamespace:d3}", $"{Words[number % Words.Length]}-{Words[number / 7 % Words.Length]}-{number}");

    public static bool IsHeadless(int number) => number % 5 == 0;

    /// <summary>Puts all of it, as if it had been there for ever.</summary>
    public void Fill(ApiObjects objects)
    {
        for (int number = 0; number < services; number += PerNamespace)
            objects.Put(ApiResource.Namespaces, SampleObjects.Namespace(NameOf(number).Namespace, ",\"team\":\"platform\""));
        for (int number = 0; number < services; number++)
        {
            (string ns, string name) = NameOf(number);
            objects.Put(ApiResource.Services, Service(ns, name, number));
            objects.Put(ApiResource.EndpointSlices, Slice(ns, name));
        }

        objects.Compact();
    }

    /// <summary>Moves an endpoint of the service to an address that none had before; returns that address.</summary>
    public IPAddress Move(ApiObjects objects, int number)
    {
        (string ns, string name) = NameOf(number);
        IPAddress address = NewAddress();
        objects.Change(ApiResource.EndpointSlices, ns, SliceName(name), slice =>
        {
            JsonArray endpoints = slice["endpoints"]!.AsArray();
            endpoints[_random.Next(endpoints.Count)] = Endpoint(ns, name, address);
        });
        return address;
    }

    private static string SliceName(string service) => $"{service}-x7k2p";

    private static JsonObject Service(string ns, string name, int number)
    {
        string address = IsHeadless(number) ? "None" : $"10.{96 + (number >> 16)}.{(number >> 8) & 255}.{number & 255}";
        JsonObject service = SampleObjects.Service(ns, name, address);
        service["metadata"]!["annotations"] = new JsonObject
        {
            ["kubectl.kubernetes.io/last-applied-configuration"] =
                $"{{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{{\"annotations\":{{}},"
                + $"\"name\":\"{name}\",\"namespace\":\"{ns}\"}},\"spec\":{{\"ports\":[{{\"name\":\"http\",\"port\":80}}],"
                + $"\"selector\":{{\"app\":\"{name}\"}}}}}}\n",
        };
        return service;
    }

    private JsonObject Slice(string ns, string name)
    {
        JsonNode[] endpoints = [.. Enumerable.Range(0, endpointsEach).Select(_ => (JsonNode)Endpoint(ns, name, NewAddress()))];
        JsonObject slice = SampleObjects.SliceOf(ns, SliceName(name), name, endpoints);
        slice["metadata"]!["managedFields"] = JsonNode.Parse("""
            [{"manager":"kube-controller-manager","operation":"Update","apiVersion":"discovery.k8s.io/v1","time":"2026-11-23T00:50:44Z",
            "fieldsType":"FieldsV1","fieldsV1":{"f:addressType":{},"f:endpoints":{},"f:metadata":{"f:annotations":{".":{},
            "f:endpoints.kubernetes.io/last-change-trigger-time":{}},"f:generateName":{},"f:labels":{".":{},
            "f:endpointslice.kubernetes.io/managed-by":{},"f:kubernetes.io/service-name":{}},"f:ownerReferences":{".":{}}},"f:ports":{}}}]
            """);
        return slice;
    }

    private JsonObject Endpoint(string ns, string name, IPAddress address)
    {
        JsonObject endpoint = SampleObjects.Endpoint($"{address}");
        string pod = $"{name}-{_random.Next(1 << 20):x5}{_random.Next(1 << 20):x5}-{_random.Next(1 << 20):x5}";
        endpoint["nodeName"] = $"ip-10-0-{_random.Next(16)}-{_random.Next(250)}.eu-central-1.compute.internal";
        endpoint["zone"] = string.Create(CultureInfo.InvariantCulture, $"eu-central-1{(char)('a' + _random.Next(3))}");
        endpoint["targetRef"] = new JsonObject
        {
            ["kind"] = "Pod", ["namespace"] = ns, ["name"] = pod, ["uid"] = $"{new Guid(_random.Next(), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)}",
        };
        return endpoint;
    }

    private IPAddress NewAddress()
    {
        int number = _addresses++;
        return new IPAddress([(byte)(100 + (number >> 24)), (byte)(number >> 16), (byte)(number >> 8), (byte)number]);
    }
}
