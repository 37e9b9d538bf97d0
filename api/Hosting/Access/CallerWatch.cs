using KubeDoH.Api.Hosting.Configuration;

namespace KubeDoH.Api.Hosting.Access;

/// <summary>What a caller was let in for: a feature of the request, for replies that go on.</summary>
internal sealed record Admission(Derived<Callers> Callers, Caller Caller, Scopes Needed)
{
    /// <summary>False once the token is gone, has expired, or has lost the right or other bounds.</summary>
    public ValueTask<bool> HoldsAsync(HttpContext context) => Callers.Value.StillMayAsync(context, Caller, Needed);
}

/// <summary>
/// Ends a reply that goes on when its caller may no more. It looks now and then, whatever is sent meanwhile, and disposal ends it.
/// </summary>
internal sealed class CallerWatch : IAsyncDisposable
{
    /// <summary>Between two looks: for so long a token may count too long.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _end;
    private readonly Task _looking;

    private CallerWatch(CancellationTokenSource end, Task looking) => (_end, _looking) = (end, looking);

    /// <param name="end">Cancelled when the caller may no more, and by the disposal.</param>
    public static CallerWatch Begin(HttpContext context, CancellationTokenSource end, TimeProvider time) => new(
        end, context.Features.Get<Admission>() is { } admission ? LookAsync(admission, context, end, time) : Task.CompletedTask);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _looking;
    }

    private static async Task LookAsync(Admission admission, HttpContext context, CancellationTokenSource end, TimeProvider time)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(end.Token) && await admission.HoldsAsync(context)) continue;
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
        }
        finally
        {
            await end.CancelAsync();
        }
    }
}
