using System.Text.Json.Nodes;

namespace KubeDoH.Tests.Fakes.ApiServer;

/// <summary>The Status objects and texts that the API server answers failures with, in its own words.</summary>
/// <param name="Code">The HTTP status.</param>
/// <param name="Body">Null for an answer in plain text.</param>
internal sealed record ApiStatus(int Code, JsonObject? Body, string Text = "")
{
    public const string Expired =
        "The provided continue parameter is too old to display a consistent list result. You can start a new list "
        + "without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing "
        + "with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the "
        + "first chunk was returned and now may show up in the list.";

    public static ApiStatus Unauthorized() => Failure(401, "Unauthorized", "Unauthorized");

    public static ApiStatus Forbidden(string user, string verb, ApiRequest request)
    {
        string place = request.Namespace.Length == 0 ? "at the cluster scope" : $"in the namespace \"{request.Namespace}\"";
        return Failure(403, "Forbidden", $"{request.Resource.Plural} is forbidden: User \"{user}\" cannot {verb} resource "
            + $"\"{request.Resource.Plural}\" in API group \"{request.Resource.Group}\" {place}", Details(request.Resource));
    }

    public static ApiStatus NotFound(ApiResource resource, string name) =>
        Failure(404, "NotFound", $"{resource.Plural} \"{name}\" not found", Details(resource, name));

    public static ApiStatus AlreadyExists(ApiResource resource, string name) =>
        Failure(409, "AlreadyExists", $"{resource.Plural} \"{name}\" already exists", Details(resource, name));

    public static ApiStatus Invalid(string message) => Failure(422, "Invalid", message);

    public static ApiStatus BadRequest(string message) => Failure(400, "BadRequest", message);

    /// <summary>A watch from a version that the log no longer reaches.</summary>
    public static ApiStatus TooOld(long asked, long first) => Failure(410, "Expired", $"too old resource version: {asked} ({first})");

    /// <summary>A page of a list that has expired; <paramref name="rest"/> goes on with what is there now.</summary>
    public static ApiStatus ExpiredPage(string rest)
    {
        ApiStatus status = Failure(410, "Expired", Expired);
        status.Body!["metadata"] = new JsonObject { ["continue"] = rest };
        return status;
    }

    public static ApiStatus TooLarge(long asked, long current) => Failure(
        504, "Timeout", $"Too large resource version: {asked}, current: {current}",
        new JsonObject
        {
            ["causes"] = new JsonArray(
                new JsonObject { ["reason"] = "ResourceVersionTooLarge", ["message"] = "Too large resource version" }),
            ["retryAfterSeconds"] = 1,
        });

    /// <summary>What a fault of this status looks like.</summary>
    public static ApiStatus Of(int code) => code switch
    {
        401 => Unauthorized(),
        410 => Failure(410, "Expired", "The resourceVersion for the provided watch is too old."),
        429 => new ApiStatus(429, null, "Too many requests, please try again later.\n"),
        500 => Failure(500, "InternalError", "Internal error occurred: etcdserver: request timed out",
            new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["message"] = "etcdserver: request timed out" }) }),
        503 => Failure(503, "ServiceUnavailable", "the server is currently unable to handle the request"),
        504 => Failure(504, "Timeout", "Timeout: request did not complete within the allotted timeout"),
        _ => Failure(code, "Unknown", "an error on the server has prevented the request from succeeding"),
    };

    public static ApiStatus Success(ApiResource resource, string name) => new(200, new JsonObject
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject(),
        ["status"] = "Success",
        ["details"] = Details(resource, name),
    });

    private static ApiStatus Failure(int code, string reason, string message, JsonObject? details = null)
    {
        var body = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = message,
            ["reason"] = reason,
        };
        if (details is not null) body["details"] = details;
        body["code"] = code;
        return new ApiStatus(code, body);
    }

    private static JsonObject Details(ApiResource resource, string? name = null)
    {
        var details = new JsonObject();
        if (name is not null) details["name"] = name;
        if (resource.Group.Length > 0) details["group"] = resource.Group;
        details["kind"] = resource.Plural;
        return details;
    }
}
