using System.Globalization;
using System.Text;
using System.Threading.Channels;

namespace KubeDoH.Tests.Fakes.ApiServer;

/// <summary>One watch: a line for each event after the version asked for, until its time is over or the script ends it.</summary>
internal sealed class ApiWatch(ApiObjects objects, ApiRequest request, ApiBody body, ApiFaults faults, TimeProvider time)
{
    private readonly Channel<ApiFault> _orders = Channel.CreateUnbounded<ApiFault>();
    private readonly ApiSelector _selector = new(request);
    private long _seen;
    private bool _silent;
    private bool _over;

    public ApiRequest Request => request;

    /// <summary>The version up to which events were sent or passed over.</summary>
    public long Seen => Interlocked.Read(ref _seen);

    /// <summary>Does this between two events, as soon as there is a between.</summary>
    public void Order(ApiFault fault) => _orders.Writer.TryWrite(fault);

    public async Task RunAsync(ApiFault fault, CancellationToken stopped)
    {
        using var left = CancellationTokenSource.CreateLinkedTokenSource(stopped);
        body.Fault = fault;
        body.Start(200, "application/json");
        await body.FlushHeadAsync();
        _silent = fault.Kind == ApiFaultKind.Silent;
        if (fault.Kind == ApiFaultKind.Garbage) await body.WriteLineAsync(fault.Text);
        Task timeout = request.TimeoutSeconds is > 0 and int seconds
            ? Task.Delay(TimeSpan.FromSeconds(seconds), time, left.Token)
            : Task.Delay(Timeout.Infinite, left.Token);
        try
        {
            await SendFirstAsync();
            while (!_over && !timeout.IsCompletedSuccessfully) await StepAsync(timeout, left.Token);
        }
        finally
        {
            await left.CancelAsync();
        }
    }

    /// <summary>
    /// Without a version, or from version 0: everything that is there, as ADDED. What the log no longer has is an error in the stream.
    /// </summary>
    private async Task SendFirstAsync()
    {
        if (request.ResourceVersion is "" or "0")
        {
            (long version, ApiObject[] all) = objects.Read(request.Resource);
            foreach (ApiObject each in all)
                if (_selector.Matches(each)) await SendAsync("ADDED", each);
            _seen = version;
            return;
        }

        _seen = long.Parse(request.ResourceVersion, CultureInfo.InvariantCulture);
        if (!objects.Reaches(request.Resource, _seen)) await FailAsync(ApiStatus.TooOld(_seen, objects.Version));
    }

    private async Task StepAsync(Task timeout, CancellationToken stopped)
    {
        bool whole = objects.TryRead(request.Resource, _seen, out ApiEvent[] events, out long version, out Task changed);
        if (!whole && !_silent)
        {
            await FailAsync(ApiStatus.TooOld(_seen, version));
            return;
        }

        foreach (ApiEvent happened in events)
        {
            await ObeyAsync();
            if (_silent || _over) break;
            await SendAsync(happened);
            Interlocked.Exchange(ref _seen, happened.Version);
        }

        if (_over) return;
        if (!_silent) Interlocked.Exchange(ref _seen, Math.Max(version, _seen));
        await ObeyAsync();
        if (_over || (changed.IsCompleted && !_silent)) return;
        Task ordered = _orders.Reader.WaitToReadAsync(stopped).AsTask();
        await Task.WhenAny(_silent ? ordered : changed, ordered, timeout);
        stopped.ThrowIfCancellationRequested();
    }

    /// <summary>The event as one sees it who selects: what begins to match is ADDED, what no longer does is DELETED.</summary>
    private Task SendAsync(ApiEvent happened)
    {
        bool before = happened.Before is { } old && _selector.Matches(old);
        bool now = happened.Type != "DELETED" && _selector.Matches(happened.Object);
        return (before, now) switch
        {
            (false, true) => SendScriptedAsync("ADDED", happened.Object),
            (true, true) => SendScriptedAsync("MODIFIED", happened.Object),
            (true, false) => SendScriptedAsync("DELETED", happened.Object),
            _ => Task.CompletedTask,
        };
    }

    private async Task SendScriptedAsync(string type, ApiObject changed)
    {
        ApiFault fault = faults.AtEvent(request);
        ApiFault usual = body.Fault;
        if (fault.Kind is ApiFaultKind.CutMidway or ApiFaultKind.Drip) body.Fault = fault;
        else await ObeyAsync(fault);
        if (!_silent && !_over) await SendAsync(type, changed);
        body.Fault = usual;
    }

    /// <summary>Obeys what was ordered before the next event happened.</summary>
    private async Task ObeyAsync()
    {
        while (_orders.Reader.TryRead(out ApiFault? order)) await ObeyAsync(order);
    }

    private async Task ObeyAsync(ApiFault order)
    {
        switch (order.Kind)
        {
            case ApiFaultKind.Cut or ApiFaultKind.CutMidway:
                body.Cut();
                break;
            case ApiFaultKind.Status:
                await FailAsync(ApiStatus.Of(order.Code));
                break;
            case ApiFaultKind.Hold:
                await order.Gate.WaitAsync(CancellationToken.None);
                break;
            case ApiFaultKind.Silent:
                _silent = true;
                break;
            case ApiFaultKind.Garbage:
                await body.WriteLineAsync(order.Text);
                break;
            case ApiFaultKind.Bookmark when request.Bookmarks && !_silent:
                ApiResource kind = request.Resource;
                await body.WriteLineAsync(Encoding.UTF8.GetBytes(
                    $"{{\"type\":\"BOOKMARK\",\"object\":{{\"kind\":\"{kind.Kind}\",\"apiVersion\":\"{kind.ApiVersion}\","
                    + $"\"metadata\":{{\"resourceVersion\":\"{_seen}\"}}{kind.BookmarkTail}}}}}"));
                break;
            case ApiFaultKind.End:
                _over = true;
                break;
        }
    }

    private async Task FailAsync(ApiStatus status)
    {
        byte[] failure = JsonText.Bytes(status.Body ?? JsonText.Object("{}"));
        await body.WriteLineAsync([.. "{\"type\":\"ERROR\",\"object\":"u8, .. failure, (byte)'}']);
        _over = true;
    }

    private async Task SendAsync(string type, ApiObject changed)
    {
        // What is no object is sent as it is: it has no kind to add.
        bool whole = changed.Namespace == "raw";
        string head = whole
            ? $"{{\"type\":\"{type}\",\"object\":"
            : $"{{\"type\":\"{type}\",\"object\":{{\"kind\":\"{request.Resource.Kind}\",\"apiVersion\":\"{request.Resource.ApiVersion}\",";
        await body.WriteLineAsync([.. Encoding.UTF8.GetBytes(head), .. changed.Json.AsSpan(whole ? 0 : 1), (byte)'}']);
    }
}
