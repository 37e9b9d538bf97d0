using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Kubernetes;

namespace KubeDoH.Api.Hosting.Access;

/// <summary>
/// Callers with a token of the cluster: it says who they are (TokenReview) and what they may (SubjectAccessReview), each remembered for
/// a moment. A service account that may not do it everywhere may still do it with the entries of its own namespace.
/// </summary>
internal sealed partial class ClusterCallers(
    AccessReviews reviews, IReadOnlyList<string> audiences, TimeProvider time, ILogger<ClusterCallers> logger)
{
    private const int Room = 4096;
    private const string Group = "kubedoh.dev";

    private static readonly TimeSpan Yes = TimeSpan.FromSeconds(30), No = TimeSpan.FromSeconds(10);

    private readonly BriefMemory<TokenHash, TokenVerdict> _users = new(
        Room, verdict => verdict.Trouble is not null ? TimeSpan.Zero : verdict.User is not null ? Yes : No, time);

    private readonly BriefMemory<(TokenHash Token, AccessQuestion Question), AccessVerdict> _rights = new(
        Room, verdict => verdict.Trouble is not null ? TimeSpan.Zero : verdict.IsAllowed ? Yes : No, time);

    private volatile string? _trouble;

    /// <summary>What RBAC is asked for a scope.</summary>
    public static AccessQuestion QuestionOf(Scopes scope) => scope switch
    {
        Scopes.Query => new("get", Group, "dnsqueries"),
        Scopes.EntriesRead => new("get", Group, "dnsentries"),
        Scopes.EntriesWrite => new("update", Group, "dnsentries"),
        Scopes.Inspect => new("get", Group, "dnsservers"),
        _ => new("update", Group, "dnsservers"),
    };

    /// <param name="needed">One scope; none where it is enough to be known.</param>
    public async Task<Verdict> ReadAsync(string secret, Scopes needed, string? address)
    {
        TokenHash token = TokenHash.Of(secret);
        TokenVerdict known = await _users.AskAsync(token, () => reviews.ReviewTokenAsync(secret, audiences));
        if (known.Trouble is { } trouble) return Away(trouble);
        if (known.User is not { } user) return AccessRefusal.UnknownToken;
        var caller = new Caller(user.Name, address) { Scopes = needed };
        if (needed == Scopes.None) return caller;
        AccessQuestion question = QuestionOf(needed);
        AccessVerdict right = await AskAsync(token, user, question);
        bool isOwn = needed is Scopes.EntriesRead or Scopes.EntriesWrite && user.Namespace is not null;
        if (right is { IsAllowed: false, Trouble: null } && isOwn)
        {
            right = await AskAsync(token, user, question with { Namespace = user.Namespace! });
            caller = caller with { Bounds = new EntryBounds([], [user.Namespace!]) };
        }

        if (right.Trouble is { } unknown) return Away(unknown);
        if (_trouble is not null) Log.Again(logger);
        _trouble = null;
        return right.IsAllowed ? caller : AccessRefusal.MissingScope(needed);
    }

    private Task<AccessVerdict> AskAsync(TokenHash token, ReviewedUser user, AccessQuestion question) =>
        _rights.AskAsync((token, question), () => reviews.ReviewAccessAsync(user, question));

    private Verdict Away(string trouble)
    {
        // The words behind the colon are the network's, and may be others at each try.
        string kind = trouble.Split(':')[0];
        if (_trouble != kind) Log.Away(logger, trouble);
        _trouble = kind;
        return AccessRefusal.ClusterAway;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The cluster cannot say who callers are: {Trouble}")]
        public static partial void Away(ILogger logger, string trouble);

        [LoggerMessage(Level = LogLevel.Information, Message = "The cluster says again who callers are")]
        public static partial void Again(ILogger logger);
    }
}
