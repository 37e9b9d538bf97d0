using KubeDoH.Api.Hosting;
using KubeDoH.Api.Hosting.Configuration;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeDoH.Api.Inspect;

/// <summary>The configuration in force: every key, where its value comes from, and what waits for the next start.</summary>
internal static class ConfigEndpoints
{
    private const string Route = "/config";

    public static void MapConfig(this RouteGroupBuilder group)
    {
        group.MapMethods(Route, InspectEndpoints.Reading, Get)
            .WithName("getConfig").WithSummary("The configuration in force, and where each value comes from");
    }

    private static Results<JsonHttpResult<ConfigDocument>, JsonHttpResult<ApiProblem>> Get(
        HttpContext context, LiveConfiguration configuration, Settings settings)
    {
        if (ListRequest.FindUnknown(context.Request) is { } unknown) return ApiProblems.BadRequest(context, "bad-parameter", unknown);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(ConfigDocument.Of(configuration, settings.Files), ApiJsonContext.Default.ConfigDocument);
    }
}

/// <summary>The configuration in force.</summary>
/// <param name="LoadedAt">When it came into force.</param>
/// <param name="Files">The files that are read, and read again when they change.</param>
/// <param name="Refused">Why the last change did not come into force; absent where it did.</param>
internal sealed record ConfigDocument(
    DateTimeOffset LoadedAt, IReadOnlyList<string> Files, ConfigRefusal? Refused, IReadOnlyList<ConfigValue> Values)
{
    public static ConfigDocument Of(LiveConfiguration configuration, IReadOnlyList<string> files) => new(
        configuration.LoadedAt,
        files,
        configuration.Failure is { } failure ? new ConfigRefusal(failure.At, failure.Errors) : null,
        [.. ConfigurationKeys.All.Select(key => ConfigValue.Of(key, configuration.InForce, configuration.Read))]);
}

/// <summary>A change that was refused.</summary>
/// <param name="Errors">A sentence for each thing that was wrong.</param>
internal sealed record ConfigRefusal(DateTimeOffset At, IReadOnlyList<string> Errors);

/// <summary>One key.</summary>
/// <param name="Value">As it would be written; of secrets only how many there are.</param>
/// <param name="Source">The file, <c>environment</c>, <c>command line</c>, or <c>default</c>.</param>
/// <param name="Live">A change counts while the server runs; else after the next start.</param>
/// <param name="AfterRestart">What it will be after the next start, where that is something else.</param>
internal sealed record ConfigValue(string Key, string Value, string Source, bool Live, string? AfterRestart)
{
    public static ConfigValue Of(ConfigurationKey key, AppOptions inForce, AppOptions read)
    {
        string after = key.Print(read);
        return new ConfigValue(
            key.Path,
            key.PrintPublic(inForce),
            inForce.Values.TryGetValue(key, out ConfiguredValue? value) ? value.Source : "default",
            LiveConfiguration.IsLive(key),
            after == key.Print(inForce) ? null : key.PrintPublic(read));
    }
}
