namespace KubeDoH.Api.Hosting;

/// <summary>
/// On a route that takes every method and refuses some itself: the methods that it answers, which the API document shows.
/// </summary>
/// <param name="Allow">As in the header of that name: <c>GET, HEAD, OPTIONS</c>.</param>
internal sealed record AnsweredMethods(string Allow);
