using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace KubeDoH.Tests.Fakes.ApiServer;

/// <summary>The answer on its way out, and what a fault makes of it.</summary>
internal sealed class ApiBody(HttpContext context, CancellationToken stopped)
{
    /// <summary>What befalls every write from here on, where it is <see cref="ApiFaultKind.Drip"/> or a cut midway.</summary>
    public ApiFault Fault { get; set; } = ApiFault.None;

    public void Start(int status, string contentType)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.Headers["Audit-Id"] = context.TraceIdentifier;
        context.Response.Headers.CacheControl = "no-cache, private";
    }

    public Task FlushHeadAsync() => context.Response.Body.FlushAsync(stopped);

    /// <summary>Sends the whole, at once unless the fault says otherwise.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        switch (Fault.Kind)
        {
            case ApiFaultKind.CutMidway:
                await context.Response.Body.WriteAsync(bytes[..(bytes.Length / 2)], stopped);
                await context.Response.Body.FlushAsync(stopped);
                Cut();
                break;
            case ApiFaultKind.Drip:
                for (int at = 0; at < bytes.Length; at++)
                {
                    await Fault.Gate.WaitAsync(stopped);
                    await context.Response.Body.WriteAsync(bytes.Slice(at, 1), stopped);
                    await context.Response.Body.FlushAsync(stopped);
                }

                break;
            default:
                await context.Response.Body.WriteAsync(bytes, stopped);
                await context.Response.Body.FlushAsync(stopped);
                break;
        }
    }

    public Task WriteLineAsync(byte[] line) => WriteAsync((byte[])[.. line, (byte)'\n']);

    public async Task WriteAsync(ApiStatus status, int? retryAfter = null)
    {
        if (retryAfter is { } seconds) context.Response.Headers.RetryAfter = $"{seconds}";
        Start(status.Code, status.Body is null ? "text/plain; charset=utf-8" : "application/json");
        byte[] bytes = status.Body is null ? System.Text.Encoding.UTF8.GetBytes(status.Text) : [.. JsonText.Bytes(status.Body), (byte)'\n'];
        context.Response.ContentLength = bytes.Length;
        await WriteAsync(bytes);
    }

    /// <summary>Closes the connection under the answer.</summary>
    public void Cut()
    {
        if (context.Features.Get<IConnectionLifetimeFeature>() is { } connection) connection.Abort();
        else context.Abort();
        throw new OperationCanceledException("cut by script");
    }
}
