namespace KubeDoH.Tests.Fakes.ApiServer;

/// <summary>A kind of object that the server holds, and where.</summary>
/// <param name="Group">"" for core.</param>
/// <param name="BookmarkTail">What a bookmark has behind its metadata: the kind's zero value, as the real server writes it.</param>
internal sealed record ApiResource(string Group, string Version, string Plural, string Kind, bool Namespaced, string BookmarkTail)
{
    public static readonly ApiResource Namespaces = new("", "v1", "namespaces", "Namespace", false, ",\"spec\":{},\"status\":{}");

    public static readonly ApiResource Services =
        new("", "v1", "services", "Service", true, ",\"spec\":{},\"status\":{\"loadBalancer\":{}}");

    public static readonly ApiResource Pods = new("", "v1", "pods", "Pod", true, ",\"spec\":{\"containers\":null},\"status\":{}");

    public static readonly ApiResource EndpointSlices = new(
        "discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", true, ",\"addressType\":\"\",\"endpoints\":null,\"ports\":null");

    public static readonly ApiResource TokenReviews = new("authentication.k8s.io", "v1", "tokenreviews", "TokenReview", false, "");

    public static readonly ApiResource SubjectAccessReviews =
        new("authorization.k8s.io", "v1", "subjectaccessreviews", "SubjectAccessReview", false, "");

    /// <summary>Kinds of which none is held: they are answered as they are created.</summary>
    public static readonly IReadOnlyList<ApiResource> Reviews = [TokenReviews, SubjectAccessReviews];

    /// <summary>Every kind that is held.</summary>
    public static readonly IReadOnlyList<ApiResource> All = [Namespaces, Services, EndpointSlices, Pods];

    /// <summary>As objects name it: <c>v1</c>, <c>discovery.k8s.io/v1</c>.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>The path that all its paths begin with: <c>/api/v1</c>.</summary>
    public string Root => Group.Length == 0 ? $"/api/{Version}" : $"/apis/{Group}/{Version}";
}
