using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace KubeDoH.Tests.Fakes.ApiServer;

/// <summary>What a client asked for.</summary>
/// <param name="Verb">list, watch, get, create, update or delete, as a role's rule names it.</param>
/// <param name="Namespace">"" for the whole cluster.</param>
/// <param name="Name">"" for a collection.</param>
/// <param name="Token">Of the Authorization header, or null.</param>
internal sealed record ApiRequest(
    string Verb, ApiResource Resource, string Namespace, string Name, IQueryCollection Query, string? Token, string ConnectionId)
{
    public int Limit => int.TryParse(Query["limit"], CultureInfo.InvariantCulture, out int limit) ? limit : 0;

    public string Continue => $"{Query["continue"]}";

    /// <summary>"" when the client named none.</summary>
    public string ResourceVersion => $"{Query["resourceVersion"]}";

    /// <summary>Null when the client named none.</summary>
    public int? TimeoutSeconds => int.TryParse(Query["timeoutSeconds"], CultureInfo.InvariantCulture, out int seconds) ? seconds : null;

    public bool Bookmarks => IsSet("allowWatchBookmarks");

    public bool Is(string? verb, ApiResource? resource) => (verb is null || verb == Verb) && (resource is null || resource == Resource);

    public override string ToString() =>
        $"{Verb} {Resource.Plural} {Namespace}/{Name} {string.Join('&', Query.Select(pair => $"{pair.Key}={pair.Value}"))}";

    /// <summary>False where no kind of object lives.</summary>
    public static bool TryRead(HttpContext context, [NotNullWhen(true)] out ApiRequest? request)
    {
        request = null;
        string path = context.Request.Path.Value ?? "";
        ApiResource? owner = ApiResource.All.Concat(ApiResource.Reviews)
            .FirstOrDefault(resource => Parts(resource, path)?[0] == resource.Plural);
        string ns = "";
        if (owner is null || (owner == ApiResource.Namespaces && Parts(owner, path)!.Length > 2))
        {
            owner = ApiResource.All.FirstOrDefault(resource =>
                Parts(resource, path) is ["namespaces", _, string plural, ..] && plural == resource.Plural);
            if (owner is null) return false;
            ns = Parts(owner, path)![1];
        }

        string[] rest = Parts(owner, path)![(ns.Length == 0 ? 1 : 3)..];
        if (rest.Length > 1) return false;
        IQueryCollection query = context.Request.Query;
        string name = rest.Length == 0 ? "" : rest[0];
        string verb = context.Request.Method switch
        {
            "GET" when name.Length > 0 => "get",
            "GET" => query["watch"] == "1" || query["watch"] == "true" ? "watch" : "list",
            "POST" => "create",
            "PUT" => "update",
            "DELETE" => "delete",
            string other => other,
        };
        string authorization = $"{context.Request.Headers.Authorization}";
        string? token = authorization.StartsWith("Bearer ", StringComparison.Ordinal) ? authorization[7..] : null;
        request = new ApiRequest(verb, owner, ns, name, query, token, context.Connection.Id);
        return true;
    }

    private bool IsSet(string key) => Query[key] == "1" || Query[key] == "true";

    private static string[]? Parts(ApiResource resource, string path) =>
        path.StartsWith(resource.Root + "/", StringComparison.Ordinal) ? path[(resource.Root.Length + 1)..].Split('/') : null;
}
