using KubeDoH.Api.Compare;
using KubeDoH.Api.Doh;
using KubeDoH.Api.Entries;
using KubeDoH.Api.Entries.Transfer;
using KubeDoH.Api.Inspect;
using KubeDoH.Api.Metrics;
using KubeDoH.Api.Queries;
using KubeDoH.Api.Views;

namespace KubeDoH.Api.Hosting;

/// <summary>Every route that there is: what the program serves and the document describes.</summary>
internal static class ApiRoutes
{
    public static void MapAll(this WebApplication app)
    {
        app.MapDoh();
        app.MapEntries();
        app.MapEntryBatches();
        app.MapEntryEvents();
        app.MapEntryHistory();
        app.MapTransfers();
        app.MapInspect();
        app.MapCompare();
        app.MapQueries();
        app.MapViews();
        app.MapHealth();
        app.MapMetrics();
        app.MapApiDocument();
    }
}
