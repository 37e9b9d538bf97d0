namespace KubeDoH.Api.Hosting.Configuration;

/// <summary>Why the last reading of the configuration did not come into force.</summary>
internal sealed record ConfigurationFailure(DateTimeOffset At, IReadOnlyList<string> Errors);

/// <summary>Makes something of options; null with a sentence where it cannot be made of them.</summary>
internal delegate T? Making<out T>(AppOptions options, out string? error)
    where T : class;

/// <summary>Options that may come into force, and what is to be done when they do; nothing of it can fail any more.</summary>
internal sealed record PreparedOptions(AppOptions Options, IReadOnlyList<Action> Steps);

/// <summary>
/// The options in force, and what goes by them. What came into force together changes together: options are a value that is swapped.
/// </summary>
/// <param name="initial">Those of the start.</param>
internal sealed class LiveConfiguration(AppOptions initial, TimeProvider time)
{
    /// <summary>
    /// Keys, or sections with a colon behind them, that come into force while the server runs. All others wait for the next start.
    /// </summary>
    private static readonly string[] Live =
    [
        "Listen:Lameduck", "Rules:", "Order", "Hosts:", "Forward:", "Cache:", "Logging:LogLevel", "QueryLog:", "Queries:", "Compare:",
        "Management:Tokens", "Management:TokenFile", "Management:TrustLoopback", "Management:RateLimit",
        "Kubernetes:Ttl", "Kubernetes:Pods", "Kubernetes:Fallthrough", "Kubernetes:Namespaces", "Kubernetes:Labels",
        "Kubernetes:NamespaceLabels", "Kubernetes:EndpointPodNames", "Kubernetes:NoEndpoints", "Kubernetes:IgnoreEmptyService",
        "Kubernetes:Ptr", "Kubernetes:ClusterDns", "Kubernetes:NodeResolvConf", "Kubernetes:NodeHosts", "Kubernetes:PodViews",
    ];

    private readonly Lock _lock = new();
    private readonly List<Making<Action>> _followers = [];
    private volatile AppOptions _inForce = initial;
    private volatile AppOptions _read = initial;
    private volatile ConfigurationFailure? _failure;
    private long _reloads, _failures;

    public AppOptions InForce => _inForce;

    /// <summary>What the sources said when they were last right; it differs from what is in force in keys that wait for a start.</summary>
    public AppOptions Read => _read;

    /// <summary>Null where the last reading came into force.</summary>
    public ConfigurationFailure? Failure => _failure;

    public DateTimeOffset LoadedAt { get; private set; } = time.GetUtcNow();

    public long Reloads => Volatile.Read(ref _reloads);

    public long Failures => Volatile.Read(ref _failures);

    public static bool IsLive(ConfigurationKey key) =>
        Array.Exists(Live, live => live[^1] == ':' ? key.Path.StartsWith(live, StringComparison.Ordinal) : key.Path == live);

    /// <summary>What is made of the options, made anew whenever they change.</summary>
    public Derived<T> Derive<T>(Func<AppOptions, T> make)
        where T : class => TryDerive((AppOptions options, out string? problem) =>
        {
            problem = null;
            return make(options);
        }, out _)!;

    /// <summary>
    /// The same where it cannot be made of all options: null with a sentence where it cannot be made of those in force. Others of which
    /// it cannot be made never come into force.
    /// </summary>
    public Derived<T>? TryDerive<T>(Making<T> make, out string? error)
        where T : class
    {
        lock (_lock)
        {
            if (make(_inForce, out error) is not { } first) return null;
            var derived = new Derived<T>(first);
            _followers.Add(
                (AppOptions options, out string? problem) => make(options, out problem) is { } next ? () => derived.Value = next : null);
            return derived;
        }
    }

    /// <summary>Does something with the options whenever they change.</summary>
    public void Follow(Action<AppOptions> follow)
    {
        lock (_lock)
        {
            _followers.Add((AppOptions options, out string? problem) =>
            {
                problem = null;
                return () => follow(options);
            });
        }
    }

    /// <summary>
    /// Makes of other options all that goes by them, ready for <see cref="Swap"/>; null with every sentence that stands against it.
    /// Nothing has changed yet.
    /// </summary>
    public PreparedOptions? TryPrepare(AppOptions options, out IReadOnlyList<string> errors)
    {
        lock (_lock)
        {
            var steps = new List<Action>();
            var problems = new List<string>();
            foreach (Making<Action> prepare in _followers)
            {
                if (prepare(options, out string? problem) is { } step) steps.Add(step);
                else problems.Add(problem!);
            }

            errors = problems;
            return problems.Count == 0 ? new PreparedOptions(options, steps) : null;
        }
    }

    /// <summary>Puts options into force.</summary>
    /// <param name="read">What the sources say, keys that wait for a start included.</param>
    public void Swap(PreparedOptions prepared, AppOptions read)
    {
        lock (_lock)
        {
            foreach (Action step in prepared.Steps) step();
            _inForce = prepared.Options;
            _read = read;
            _failure = null;
            LoadedAt = time.GetUtcNow();
            Interlocked.Increment(ref _reloads);
        }
    }

    /// <summary>The sources say again what is in force.</summary>
    public void Settle(AppOptions read)
    {
        _read = read;
        _failure = null;
    }

    /// <summary>What is in force stays so.</summary>
    public void Fail(IReadOnlyList<string> errors)
    {
        _failure = new ConfigurationFailure(time.GetUtcNow(), errors);
        Interlocked.Increment(ref _failures);
    }
}

/// <summary>What was made of the options in force.</summary>
internal sealed class Derived<T>(T value)
    where T : class
{
    private volatile T _value = value;

    public T Value
    {
        get => _value;
        set => _value = value;
    }
}
