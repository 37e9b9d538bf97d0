using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace KubeDoH.Api.Hosting.Swagger;

/// <summary>Gives every operation what cannot be read off its handler: parameters, bodies, answers, problems.</summary>
internal sealed class ApiOperations : IOperationFilter
{
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var draft = new OperationDraft(operation, context);
        switch (OperationNames.RouteOf(context.ApiDescription))
        {
            case "dnsQuery": DnsOperations.Query(draft); break;
            case "dnsQueryNamespace": DnsOperations.QueryFromNamespace(draft); break;
            case "dnsQueryPod": DnsOperations.QueryFromPod(draft); break;
            case "resolve": DnsOperations.Resolve(draft); break;
            case "listEntries": EntryOperations.List(draft); break;
            case "listEntriesAtName": EntryOperations.ListAtName(draft); break;
            case "getEntry": EntryOperations.Get(draft); break;
            case "createEntry": EntryOperations.Create(draft); break;
            case "patchEntry": EntryOperations.Patch(draft); break;
            case "writeEntries": ChangeOperations.Batch(draft); break;
            case "listEntryHistory": ChangeOperations.History(draft); break;
            case "followEntries": ChangeOperations.Follow(draft); break;
            case "putEntry": EntryOperations.Put(draft); break;
            case "deleteEntry": EntryOperations.Delete(draft); break;
            case "deleteEntriesAtName": EntryOperations.DeleteAtName(draft); break;
            case "importEntries": TransferOperations.Import(draft); break;
            case "exportEntries": TransferOperations.Export(draft); break;
            case "explain": ExplainOperations.Explain(draft); break;
            case "compare": CompareOperations.One(draft); break;
            case "compareList": CompareOperations.List(draft); break;
            case "followQueries": QueriesOperations.Follow(draft); break;
            case "getQuerySummary": QueriesOperations.Summary(draft); break;
            case "listSources": InspectOperations.Sources(draft); break;
            case "listRecords": InspectOperations.Records(draft); break;
            case "listUpstreams": InspectOperations.Upstreams(draft); break;
            case "listCache": InspectOperations.Cache(draft); break;
            case "flushCache": InspectOperations.Flush(draft); break;
            case "flushCachedName": InspectOperations.FlushName(draft); break;
            case "flushCachedType": InspectOperations.FlushType(draft); break;
            case "getConfig": InspectOperations.Config(draft); break;
            case "getMetrics": HealthOperations.Metrics(draft); break;
            case "getNamespaceResolvConf": ViewOperations.NamespaceResolvConf(draft); break;
            case "getNamespaceVariables": ViewOperations.NamespaceVariables(draft); break;
            case "getPodResolvConf": ViewOperations.PodResolvConf(draft); break;
            case "getPodHosts": ViewOperations.PodHosts(draft); break;
            case "getPodVariables": ViewOperations.PodVariables(draft); break;
            case "getHealth": HealthOperations.Health(draft); break;
            case "getReady": HealthOperations.Ready(draft); break;
            case "getDocument": DescribeDocument(draft); break;
        }

        draft.Sort();
    }

    private static void DescribeDocument(OperationDraft draft) => draft
        .Describe("The API in OpenAPI's words, as YAML.")
        .Header("If-None-Match", "The tag of the document that the client has.", "\"5F1C0A9B7E3D2468\"")
        .Answers(200, "The document.", ("ETag", "Changes with the document.", "\"5F1C0A9B7E3D2468\""))
        .As(200, ApiDocument.MediaType, OperationDraft.Text)
        .Answers(304, "The client has it.")
        .Problems(new ProblemType(412, "bad-request", "Bad request", "The request cannot be answered."));
}
