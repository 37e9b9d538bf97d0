namespace KubeDoH.Api.Inspect;

/// <summary>
/// What an operator looks at: where names come from, what they are, why one does not resolve, how the upstreams do, what the cache holds.
/// </summary>
internal static class InspectEndpoints
{
    public const string Path = "/api/v1";

    public static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static void MapInspect(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup(Path).WithTags("Inspection");
        group.MapExplain();
        group.MapSources();
        group.MapRecords();
        group.MapUpstreams();
        group.MapCache();
        group.MapConfig();
    }
}
