using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using KubeDoH.Api.Entries;
using KubeDoH.Api.Hosting;
using KubeDoH.Api.Hosting.Access;
using Microsoft.AspNetCore.Http.Features;

namespace KubeDoH.Api.Queries;

/// <summary>
/// A reply that goes on: an event for each question, written a handful at a time, and at a pace that leaves the processor to the
/// questions themselves. What was dropped, by this pace or by a caller who reads slowly, is told in an event of its own. A caller who may
/// see them no more finds the end.
/// </summary>
/// <param name="time">Beats the heart, keeps the pace, and looks whether the caller still may.</param>
/// <param name="closing">The server stops.</param>
internal sealed class QueryStream(QueryWatch watch, QueryListener listener, TimeProvider time, CancellationToken closing) : IResult
{
    public const string Asked = "asked", Dropped = "dropped";

    /// <summary>Between two looks at what waits.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    public async Task ExecuteAsync(HttpContext context)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, closing);
        await using CallerWatch standing = CallerWatch.Begin(context, end, time);
        context.Response.ContentType = EventStream.MediaType;
        context.Response.Headers.CacheControl = "no-store";
        context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
        try
        {
            Write(context.Response.BodyWriter, "retry: 2000\n\n");
            await context.Response.BodyWriter.FlushAsync(end.Token);
            await FollowAsync(context.Response.BodyWriter, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
        }
        finally
        {
            watch.Leave(listener);
        }
    }

    private async Task FollowAsync(PipeWriter body, CancellationToken cancellationToken)
    {
        using var heart = new PeriodicTimer(EventStream.Heartbeat, time);
        Task<bool> beat = heart.WaitForNextTickAsync(cancellationToken).AsTask();
        while (true)
        {
            Task<bool> more = listener.Questions.WaitToReadAsync(cancellationToken).AsTask();
            while (await Task.WhenAny(more, beat) == beat)
            {
                await beat;
                Write(body, ":\n\n");
                await body.FlushAsync(cancellationToken);
                beat = heart.WaitForNextTickAsync(cancellationToken).AsTask();
            }

            if (!await more) return;
            WriteWaiting(body);
            await body.FlushAsync(cancellationToken);
            await Task.Delay(Pace, time, cancellationToken);
        }
    }

    /// <summary>Writes what waits, at most as much as there is room for: no caller is kept here by ever more questions.</summary>
    private void WriteWaiting(PipeWriter body)
    {
        for (int i = 0; i < QueryListener.Room && listener.Take() is { } question; i++)
        {
            Write(body, $"event: {Asked}\ndata: ");
            body.Write(JsonSerializer.SerializeToUtf8Bytes(AskedDocument.Of(question), ApiJsonContext.Default.AskedDocument));
            Write(body, "\n\n");
        }

        if (listener.TakeDropped() is var dropped and > 0)
            Write(body, string.Create(CultureInfo.InvariantCulture, $"event: {Dropped}\ndata: {{\"count\":{dropped}}}\n\n"));
    }

    private static void Write(PipeWriter body, string text) => Encoding.ASCII.GetBytes(text, body);
}
