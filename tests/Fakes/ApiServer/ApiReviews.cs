using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace KubeDoH.Tests.Fakes.ApiServer;

/// <summary>
/// Who has which token, and who may do what: the server's answers to TokenReview and SubjectAccessReview, in the real one's shape.
/// <code>
/// server.Reviews.Tokens["secret"] = new ApiUser("system:serviceaccount:shop:ci", ["system:serviceaccounts"]);
/// server.Reviews.Allow("system:serviceaccount:shop:ci", "update", "dnsentries", "shop");
/// </code>
/// </summary>
internal sealed class ApiReviews
{
    private readonly ConcurrentDictionary<(string User, string Verb, string Resource, string Namespace), byte> _rules = new();

    public ConcurrentDictionary<string, ApiUser> Tokens { get; } = new();

    /// <summary>The specs of the access reviews so far.</summary>
    public ConcurrentQueue<JsonObject> Asked { get; } = new();

    /// <param name="ns">"" for every namespace, as a ClusterRoleBinding gives it.</param>
    public void Allow(string user, string verb, string resource, string ns = "") => _rules[(user, verb, resource, ns)] = 0;

    public void Withdraw(string user, string verb, string resource, string ns = "") => _rules.TryRemove((user, verb, resource, ns), out _);

    public async Task AnswerAsync(ApiRequest request, HttpContext context, ApiBody body)
    {
        var review = (JsonObject)(await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!;
        if ($"{review["kind"]}" != request.Resource.Kind || $"{review["apiVersion"]}" != request.Resource.ApiVersion)
        {
            await body.WriteAsync(ApiStatus.BadRequest("the object provided is unrecognized"));
            return;
        }

        var spec = (JsonObject)review["spec"]!;
        review["metadata"] = new JsonObject { ["creationTimestamp"] = null };
        review["status"] = request.Resource == ApiResource.TokenReviews ? ReviewToken(spec) : ReviewAccess(spec);
        await body.WriteAsync(new ApiStatus(201, review));
    }

    private JsonObject ReviewToken(JsonObject spec)
    {
        string[] wanted = [.. (spec["audiences"] as JsonArray ?? []).Select(audience => $"{audience}")];
        if (!Tokens.TryGetValue($"{spec["token"]}", out ApiUser? user) || (wanted.Length > 0 && !wanted.Intersect(user.Audiences).Any()))
            return new JsonObject { ["user"] = new JsonObject(), ["error"] = "[invalid bearer token, token lookup failed]" };
        return new JsonObject
        {
            ["authenticated"] = true,
            ["user"] = new JsonObject
            {
                ["username"] = user.Name,
                ["uid"] = "0f2c7b4e-1b1f-4c39-8f0b-8d8f6f8f2b11",
                ["groups"] = new JsonArray([.. user.Groups.Select(group => (JsonNode)group)]),
                ["extra"] = new JsonObject { ["authentication.kubernetes.io/credential-id"] = new JsonArray("JTI=1") },
            },
            ["audiences"] = new JsonArray(
                [.. wanted.Intersect(user.Audiences).DefaultIfEmpty("https://kubernetes.default.svc").Select(a => (JsonNode)a)]),
        };
    }

    private JsonObject ReviewAccess(JsonObject spec)
    {
        Asked.Enqueue(spec.DeepClone().AsObject());
        JsonNode attributes = spec["resourceAttributes"]!;
        string user = $"{spec["user"]}", verb = $"{attributes["verb"]}", resource = $"{attributes["resource"]}",
            ns = $"{attributes["namespace"]}";
        bool isOurs = $"{attributes["group"]}" == "kubedoh.dev";
        bool allowed = isOurs
            && (_rules.ContainsKey((user, verb, resource, "")) || (ns.Length > 0 && _rules.ContainsKey((user, verb, resource, ns))));
        return new JsonObject { ["allowed"] = allowed, ["reason"] = allowed ? "RBAC: allowed by ClusterRoleBinding" : "" };
    }
}

/// <summary>Whom a token belongs to.</summary>
internal sealed record ApiUser(string Name, IReadOnlyList<string> Groups)
{
    /// <summary>What the token is for; the API server itself where none is named.</summary>
    public IReadOnlyList<string> Audiences { get; init; } = [];
}
