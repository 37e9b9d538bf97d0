using KubeDoH.Api.Hosting.Access;
using KubeDoH.Engine.Entries;

namespace KubeDoH.Api.Hosting;

/// <summary>
/// Who sends a request under <c>/api</c>: a feature of the request, set by what lets the caller in. The history keeps it.
/// </summary>
/// <param name="Name">What a person knows the credential by; never a part of a secret.</param>
/// <param name="Address">Where the request came from; null where there is no address, as on a Unix socket.</param>
internal sealed record Caller(string Name, string? Address)
{
    /// <summary>What it may do.</summary>
    public Scopes Scopes { get; init; }

    /// <summary>Which entries it may do it with.</summary>
    public EntryBounds Bounds { get; init; } = EntryBounds.Everything;
}

/// <summary>
/// The caller of the request that a service is made for. Whoever asks for the <see cref="EntryCatalog"/> while it is served gets the
/// caller's own, so that no endpoint has to look after bounds.
/// </summary>
internal sealed class RequestCaller
{
    public Caller? Caller { private get; set; }

    public EntryBounds Bounds =>
        Caller?.Bounds ?? throw new InvalidOperationException("entries were asked for where nobody had been let in");
}
