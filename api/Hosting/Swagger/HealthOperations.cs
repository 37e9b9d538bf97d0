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

    public static void Metrics(OperationDraft draft) => draft
        .Describe("Counts and measures in Prometheus's text format: what CoreDNS measures under its names, the rest under `kubedoh_`. "
            + "Where `Listen:Metrics` is set, at that address only.")
        .Answers(200, "The metrics.", NotKept)
        .As(200, Plain, OperationDraft.Text, ("metrics", """
            # HELP kubedoh_entries Entries that are kept.
            # TYPE kubedoh_entries gauge
            kubedoh_entries 3

            """));

    public static void Ready(OperationDraft draft) => draft
        .Describe("Whether questions should be sent here: every source was read, and nobody told the server to stop. A line for each "
            + "source that was not read, with its parts; a change of the configuration that was refused has a line too, and leaves the "
            + "server ready. JSON where `Accept` names that.")
        .Answers(200, "Every source was read.", NotKept)
        .As(200, Plain, OperationDraft.Text, ("ready", "OK\n"))
        .As(200, Json, draft.Schema<Readiness>(), ("ready", JsonNode.Parse("""{ "ready": true, "unready": [] }""")!))
        .Answers(503, "Some were not, or it was told to stop.", NotKept)
        .As(503, Plain, OperationDraft.Text, ("waiting", "cluster: services (not allowed to list services), pods\n"))
        .As(503, Json, draft.Schema<Readiness>(), ("waiting", JsonNode.Parse("""
            {
              "ready": false,
              "unready": [{ "source": "cluster", "parts": [{ "name": "services", "permission": "list services" }, { "name": "pods" }] }]
            }
            """)!));
}
