using KubeDoH.Api.Hosting;

namespace KubeDoH.Api.Doh;

/// <summary>
/// What ends a question whose client goes. A server that is asked for a request's token makes its source, and has to clear it for the next
/// request; most questions are answered before anybody can go. They get the token of a source that this thread keeps, and only one that
/// has to wait is tied to its request.
/// </summary>
internal static class QuestionEnds
{
    [ThreadStatic]
    private static CancellationTokenSource? s_idle;

    public static CancellationTokenSource Rent()
    {
        CancellationTokenSource end = s_idle ?? new CancellationTokenSource();
        s_idle = null;
        return end;
    }

    /// <summary>Takes back one that nobody waits on; what was cancelled is not used again.</summary>
    public static void Return(CancellationTokenSource end)
    {
        if (!end.IsCancellationRequested) s_idle = end;
    }

    /// <summary>From now on the client's going cancels it.</summary>
    public static CancellationTokenRegistration FollowClient(this CancellationTokenSource end, HttpContext context) =>
        context.Aborted().UnsafeRegister(static end => ((CancellationTokenSource)end!).Cancel(), end);
}
