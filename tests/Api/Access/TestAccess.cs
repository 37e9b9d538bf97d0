using KubeDoH.Api.Hosting;
using KubeDoH.Api.Hosting.Access;
using KubeDoH.Api.Hosting.Configuration;
using KubeDoH.Engine.Kubernetes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeDoH.Tests.Api.Access;

/// <summary>Tokens and what reads them, as the tests need them.</summary>
internal static class TestAccess
{
    /// <summary>The token of a secret: <c>Token("correct horse", "admin")</c>.</summary>
    /// <param name="words">What follows the hash in a line of the configuration.</param>
    public static TokenRecord Token(string secret, string words = "admin", string name = "test")
    {
        Assert.True(TokenRecord.TryParse($"{name} {TokenHash.Of(secret)} {words}", out TokenRecord? record, out string? error), error);
        return record;
    }

    public static Callers Callers(
        ManagementOptions? management = null, bool insideCluster = false, TimeProvider? time = null, AccessReviews? reviews = null,
        IReadOnlyList<Network>? proxies = null, ILoggerFactory? loggers = null)
    {
        var options = new AppOptions { Management = management ?? new ManagementOptions() };
        options.Listen.Proxies = proxies ?? [];
        Callers? callers = AccessSetup.TryRead(
            options, reviews, insideCluster, time ?? TimeProvider.System, loggers ?? NullLoggerFactory.Instance, out string? error);
        Assert.True(callers is not null, error);
        return callers;
    }

    public static ApiSecurity Security(ManagementOptions? management = null, TimeProvider? time = null) =>
        new(new Derived<Callers>(Callers(management, time: time)), NullLogger<ApiSecurity>.Instance);
}
