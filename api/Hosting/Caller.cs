namespace KubeDoH.Api.Hosting;

/// <summary>Who sends a request under <c>/api</c>: a feature of the request, set by what lets the caller in. The history keeps it.</summary>
/// <param name="Name">What a person knows the credential by; never a part of a secret.</param>
/// <param name="Address">Where the request came from; null where there is no address, as on a Unix socket.</param>
internal sealed record Caller(string Name, string? Address);
