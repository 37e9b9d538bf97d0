using System.Text.Json.Nodes;

namespace KubeDoH.Api.Hosting.Swagger;

/// <summary>The operations that probes use.</summary>
internal static class HealthOperations
{
    private const string Plain = "text/plain", Json = "application/json";

    private static readonly (string, string, string) NotKept = ("Cache-Control", "Asked anew every time.", "no-store");

    public static void Health(OperationDraft draft) => draft
        .Describe("Whether the process answers at all.")
        .Answers(200, "It does.", NotKept)
        .As(200, Plain, OperationDraft.Text, ("well", "OK\n"));

    public static void Ready(OperationDraft draft) => draft
        .Describe("Whether every source was read: until then some names are SERVFAIL. A line for each source that was not, with its parts; JSON where `Accept` names that.")
        .Answers(200, "Every source was read.", NotKept)
        .As(200, Plain, OperationDraft.Text, ("ready", "OK\n"))
        .As(200, Json, draft.Schema<Readiness>(), ("ready", JsonNode.Parse("""{ "ready": true, "unready": [] }""")!))
        .Answers(503, "Some were not.", NotKept)
        .As(503, Plain, OperationDraft.Text, ("waiting", "cluster: services (not allowed to list services), pods\n"))
        .As(503, Json, draft.Schema<Readiness>(), ("waiting", JsonNode.Parse("""
            {
              "ready": false,
              "unready": [{ "source": "cluster", "parts": [{ "name": "services", "permission": "list services" }, { "name": "pods" }] }]
            }
            """)!));
}
