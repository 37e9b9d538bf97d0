using System.Collections.Concurrent;
using KubeDoH.Api.Hosting;
using KubeDoH.Api.Hosting.Configuration;
using KubeDoH.Engine.Forward;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeDoH.Api.Compare;

/// <summary>
/// The servers that may be asked: those of the configuration in force and no other, or this service could be made to send questions
/// anywhere.
/// </summary>
internal sealed class CompareServers(LiveConfiguration live, Comparer comparer)
{
    private readonly ConcurrentDictionary<UpstreamServer, OtherServer> _open = new();

    /// <summary>The server that a caller names, or the only one there is; null and the problem where there is none such.</summary>
    public (OtherServer? Server, string Name, JsonHttpResult<ApiProblem>? Problem) Find(HttpContext context, string? named)
    {
        IReadOnlyList<string> servers = live.InForce.Compare.Servers;
        if (servers.Count == 0)
            return (null, "", ApiProblems.Result(context, StatusCodes.Status404NotFound, "compare-off",
                "There is no server to compare with", "Compare:Servers names none."));
        string? found = named is null ? servers.Count == 1 ? servers[0] : null : servers.FirstOrDefault(server => AreEqual(server, named));
        if (found is not null) return (_open.GetOrAdd(ServerOf(found)!, comparer.Open), found, null);
        string choice = string.Join(", ", servers);
        return (null, "", ApiProblems.BadRequest(context, "bad-parameter",
            named is null ? $"server: one of {choice}." : $"server: '{named}' is not among Compare:Servers: {choice}."));
    }

    private static bool AreEqual(string configured, string named) => ServerOf(named) is { } server && server == ServerOf(configured);

    private static UpstreamServer? ServerOf(string text) =>
        UpstreamServer.TryParse(text, out UpstreamServer? server, out _) ? server : null;
}
