using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using KubeDoH.Api.Hosting;
using KubeDoH.Api.Hosting.Access;
using KubeDoH.Engine.Entries;
using Microsoft.AspNetCore.Http.Features;

namespace KubeDoH.Api.Entries;

/// <summary>
/// A reply that goes on: an event for each change, whose last one in a write has the revision as its id, so that a client that
/// breaks off in the midst of a write gets all of it again. A write is read when the caller has taken the one before, so that a slow
/// caller holds up nobody and costs no memory; one whom the history has left behind finds the end, and 410 when it comes back. A caller who
/// may see them no more finds the end too.
/// </summary>
/// <param name="revision">What the caller has seen.</param>
/// <param name="place">Left at the end.</param>
/// <param name="time">Beats the heart, and looks whether the caller still may.</param>
/// <param name="closing">The server stops.</param>
internal sealed class EventStream(
    IAsyncEnumerable<EntryChanges> changes, long revision, IDisposable place, TimeProvider time, CancellationToken closing) : IResult
{
    public const string MediaType = "text/event-stream";

    /// <summary>Between signs of life: proxies give up on a connection that is silent for a minute, some after 30 seconds.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>Octets that are gathered before they are sent.</summary>
    private const int Piece = 16 * 1024;

    public async Task ExecuteAsync(HttpContext context)
    {
        using IDisposable taken = place;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, closing);
        await using CallerWatch standing = CallerWatch.Begin(context, end, time);
        context.Response.ContentType = MediaType;
        context.Response.Headers.CacheControl = "no-store";
        context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
        PipeWriter body = context.Response.BodyWriter;
        try
        {
            Write(body, string.Create(CultureInfo.InvariantCulture, $"retry: 2000\nid: {revision}\n\n"));
            await body.FlushAsync(end.Token);
            await FollowAsync(body, end);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
        }
    }

    private async Task FollowAsync(PipeWriter body, CancellationTokenSource end)
    {
        using var heart = new PeriodicTimer(Heartbeat, time);
        await using IAsyncEnumerator<EntryChanges> writes = changes.GetAsyncEnumerator(end.Token);
        Task<bool> next = writes.MoveNextAsync().AsTask(), beat = heart.WaitForNextTickAsync(end.Token).AsTask();
        try
        {
            while (true)
            {
                if (await Task.WhenAny(next, beat) == next)
                {
                    if (!await next) return;
                    await SendAsync(body, writes.Current, end.Token);
                    next = writes.MoveNextAsync().AsTask();
                }
                else
                {
                    await beat;
                    Write(body, ":\n\n");
                    await body.FlushAsync(end.Token);
                    beat = heart.WaitForNextTickAsync(end.Token).AsTask();
                }
            }
        }
        finally
        {
            // Whatever ended it, nobody may still be reading when the reader is put away.
            await end.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task SendAsync(PipeWriter body, EntryChanges write, CancellationToken cancellationToken)
    {
        for (int i = 0; i < write.Items.Count; i++)
        {
            bool isLast = i == write.Items.Count - 1 && !write.Continues;
            ChangeDocument change = ChangeDocument.Of(write, write.Items[i]);
            string id = isLast ? string.Create(CultureInfo.InvariantCulture, $"id: {write.Revision}\n") : "";
            Write(body, $"event: {change.Change}\n{id}data: ");
            body.Write(JsonSerializer.SerializeToUtf8Bytes(change, ApiJsonContext.Default.ChangeDocument));
            Write(body, "\n\n");
            if (isLast || body.UnflushedBytes >= Piece) await body.FlushAsync(cancellationToken);
        }
    }

    private static void Write(PipeWriter body, string text) => Encoding.ASCII.GetBytes(text, body);
}
