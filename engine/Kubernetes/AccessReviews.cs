using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Json;

namespace KubeDoH.Engine.Kubernetes;

/// <summary>Whom the cluster takes the bearer of a token for (TokenReview, UserInfo).</summary>
/// <param name="Extra">What the authenticator says beside; it goes into questions about the user as it is.</param>
public sealed record ReviewedUser(
    string Name, string Uid, IReadOnlyList<string> Groups, IReadOnlyDictionary<string, IReadOnlyList<string>> Extra)
{
    private const string ServiceAccount = "system:serviceaccount:";

    /// <summary>The namespace of a service account; null for other users.</summary>
    public string? Namespace =>
        Name.StartsWith(ServiceAccount, StringComparison.Ordinal) && Name.Split(':') is [_, _, { Length: > 0 } own, _] ? own : null;
}

/// <summary>Who it is, or why that could not be found out; neither for a token that the cluster does not know.</summary>
public sealed record TokenVerdict(ReviewedUser? User, string? Trouble = null);

/// <summary>Whether it is allowed, or why that could not be found out.</summary>
public sealed record AccessVerdict(bool IsAllowed, string? Trouble = null);

/// <summary>What a user wants to do, in RBAC's words.</summary>
/// <param name="Namespace">"" for all namespaces.</param>
public sealed record AccessQuestion(string Verb, string Group, string Resource, string Namespace = "");

/// <summary>
/// Asks the API server who the bearer of a token is and what that user may do (Kubernetes API: TokenReview of
/// authentication.k8s.io/v1, SubjectAccessReview of authorization.k8s.io/v1). What goes wrong is a sentence that holds no token.
/// </summary>
public sealed class AccessReviews : IDisposable
{
    private const int LongestReply = 256 * 1024;

    /// <summary>Reviews on their way at once: a crowd with made-up tokens is not passed on to the API server.</summary>
    private const int MostAtOnce = 32;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ApiServer _server;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _room = new(MostAtOnce, MostAtOnce);

    internal AccessReviews(ClusterAccess access, TimeProvider time)
    {
        _server = new ApiServer(access);
        _time = time;
    }

    /// <param name="audiences">One of these the token must be for; none for the API server's own.</param>
    public async Task<TokenVerdict> ReviewTokenAsync(string token, IReadOnlyList<string> audiences)
    {
        (KubeNode? status, string? trouble) = await AskAsync(
            "authentication.k8s.io", "TokenReview", "tokenreviews", json =>
            {
                json.WriteString("token", token);
                if (audiences.Count > 0) WriteList(json, "audiences", audiences);
            }).ConfigureAwait(false);
        if (status is null) return new TokenVerdict(null, trouble);
        // An authenticator that knows nothing of audiences names none: the token is then for the API server only.
        bool isMeant = audiences.Count == 0 || (status["audiences"]?.Items ?? []).Any(audience => audiences.Contains(audience.Text));
        return new TokenVerdict(status["authenticated"]?.Text == "true" && isMeant && status["user"] is { } user ? UserOf(user) : null);
    }

    public async Task<AccessVerdict> ReviewAccessAsync(ReviewedUser user, AccessQuestion question)
    {
        (KubeNode? status, string? trouble) = await AskAsync(
            "authorization.k8s.io", "SubjectAccessReview", "subjectaccessreviews",
            json => Write(json, user, question)).ConfigureAwait(false);
        return new AccessVerdict(status?["allowed"]?.Text == "true" && status["denied"]?.Text != "true", trouble);
    }

    public void Dispose()
    {
        _server.Dispose();
        _room.Dispose();
    }

    /// <summary>The status of the review; null with a sentence where there is none.</summary>
    private async Task<(KubeNode? Status, string? Trouble)> AskAsync(
        string group, string kind, string plural, Action<Utf8JsonWriter> writeSpec)
    {
        if (!_room.Wait(0)) return (null, $"{MostAtOnce} reviews are on their way already");
        using var patience = new CancellationTokenSource(Patience, _time);
        try
        {
            using var content = new ReadOnlyMemoryContent(BodyOf(group, kind, writeSpec));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using HttpResponseMessage reply =
                await _server.SendAsync(HttpMethod.Post, $"apis/{group}/v1/{plural}", content, patience.Token).ConfigureAwait(false);
            using Stream body = await reply.Content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);
            byte[] bytes = new byte[LongestReply];
            int read = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, patience.Token).ConfigureAwait(false);
            KubeNode? status = null;
            TextDefect? defect = JsonNodes.Read(bytes.AsSpan(0, read), node => status = node["status"]);
            return defect is null && status is not null ? (status, null) : (null, $"{kind} came back without a status");
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return (null, $"no reply to {kind} within {Patience.TotalSeconds:0} s");
        }
        catch (Exception e) when (e is ApiFailure or IOException or HttpRequestException)
        {
            ApiFailure failure = ApiFailure.Of(e);
            string trouble = failure.Status == 403 ? "may not" : "could not";
            return (null, $"{trouble} create {plural}: {failure.Message}");
        }
        finally
        {
            _room.Release();
        }
    }

    private static ReadOnlyMemory<byte> BodyOf(string group, string kind, Action<Utf8JsonWriter> writeSpec)
    {
        var body = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(body);
        json.WriteStartObject();
        json.WriteString("apiVersion", $"{group}/v1");
        json.WriteString("kind", kind);
        json.WriteStartObject("spec");
        writeSpec(json);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return body.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, ReviewedUser user, AccessQuestion question)
    {
        json.WriteString("user", user.Name);
        if (user.Uid.Length > 0) json.WriteString("uid", user.Uid);
        WriteList(json, "groups", user.Groups);
        json.WriteStartObject("extra");
        foreach ((string key, IReadOnlyList<string> values) in user.Extra) WriteList(json, key, values);
        json.WriteEndObject();
        json.WriteStartObject("resourceAttributes");
        if (question.Namespace.Length > 0) json.WriteString("namespace", question.Namespace);
        json.WriteString("verb", question.Verb);
        json.WriteString("group", question.Group);
        json.WriteString("resource", question.Resource);
        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static ReviewedUser? UserOf(KubeNode user) => user["username"]?.Text is not { Length: > 0 } name
        ? null
        : new ReviewedUser(
            name,
            user["uid"]?.Text ?? "",
            TextsOf(user["groups"]),
            (user["extra"]?.Members ?? []).ToDictionary(pair => pair.Key, pair => TextsOf(pair.Value), StringComparer.Ordinal));

    private static IReadOnlyList<string> TextsOf(KubeNode? list) => [.. (list?.Items ?? []).Select(item => item.Text)];
}
