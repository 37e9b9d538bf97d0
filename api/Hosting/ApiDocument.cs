using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace KubeDoH.Api.Hosting;

/// <summary>
/// Serves <c>openapi.yaml</c>, which is part of the program. Every build but a published one also has the part that makes it,
/// ApiDocument.Swagger.cs; without that part its two methods are no code at all.
/// </summary>
internal static partial class ApiDocument
{
    public const string Path = "/openapi/v1.yaml";

    /// <summary>RFC 9512.</summary>
    public const string MediaType = "application/yaml";

    private static readonly byte[] Text = ReadText();
    private static readonly EntityTagHeaderValue Tag = new($"\"{Convert.ToHexString(SHA256.HashData(Text).AsSpan(0, 8))}\"");

    public static IServiceCollection AddApiDocument(this IServiceCollection services)
    {
        AddSwagger(services);
        return services;
    }

    public static void MapApiDocument(this WebApplication app)
    {
        app.MapMethods(Path, [HttpMethods.Get, HttpMethods.Head], Get)
            .WithTags("Document").WithName("getDocument").WithSummary("This document");
        MapSwagger(app);
    }

    private static PushStreamHttpResult Get(HttpContext context)
    {
        if (context.IsHead()) context.Response.ContentLength = Text.Length;
        return TypedResults.Stream(body => WriteAsync(context, body), MediaType, entityTag: Tag);
    }

    /// <summary>By pieces: what is written at once Kestrel copies whole, for a caller who may never read it.</summary>
    private static async Task WriteAsync(HttpContext context, Stream body)
    {
        const int piece = 16 * 1024;
        context.Response.ContentLength = Text.Length;
        for (int at = 0; at < Text.Length; at += piece)
            await body.WriteAsync(Text.AsMemory(at, Math.Min(piece, Text.Length - at)), context.RequestAborted);
    }

    private static byte[] ReadText()
    {
        using Stream stream = typeof(ApiDocument).Assembly.GetManifestResourceStream("openapi.yaml")!;
        byte[] text = new byte[stream.Length];
        stream.ReadExactly(text);
        return text;
    }

    static partial void AddSwagger(IServiceCollection services);

    static partial void MapSwagger(WebApplication app);
}
