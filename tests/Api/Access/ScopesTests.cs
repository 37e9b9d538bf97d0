using KubeDoH.Api.Hosting.Access;

namespace KubeDoH.Tests.Api.Access;

public class ScopesTests
{
    [Theory]
    [InlineData("/api/v1/entries", "GET", "entries:read")]
    [InlineData("api/v1/entries/{name}/{type}", "HEAD", "entries:read")]
    [InlineData("/api/v1/entries/{name}/{type}", "PUT", "entries:write")]
    [InlineData("/api/v1/entries", "POST", "entries:write")]
    [InlineData("/api/v1/entry-batches", "POST", "entries:write")]
    [InlineData("/api/v1/entry-exports", "GET", "entries:read")]
    [InlineData("/api/v1/entry-history", "GET", "entries:read")]
    [InlineData("/api/v1/sources", "GET", "inspect")]
    [InlineData("/api/v1/compare", "POST", "inspect")]
    [InlineData("/api/v1/compare/", "POST", "inspect")]
    [InlineData("/api/v1/compare", "DELETE", "admin")]
    [InlineData("/api/v1/cache", "DELETE", "admin")]
    [InlineData("/api/v2/entries", "GET", "inspect")]
    [InlineData("/api/v1/anything", "POST", "admin")]
    [InlineData("/api/v1/anything", "BREW", "admin")]
    public void Route_needs_a_scope(string pattern, string method, string scope) =>
        Assert.Equal(scope, ScopeText.Write(ScopeText.Of(pattern, method)));

    [Theory]
    [InlineData("query", "query", true)]
    [InlineData("query", "inspect", false)]
    [InlineData("entries:write", "entries:read", false)]
    [InlineData("admin", "query", true)]
    [InlineData("admin", "entries:write", true)]
    [InlineData("inspect", "admin", false)]
    public void Scope_allows_itself_and_admin_all(string held, string needed, bool allowed) =>
        Assert.Equal(allowed, ScopeText.Words[held].Allow(ScopeText.Words[needed]));
}
