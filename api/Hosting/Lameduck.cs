using System.Runtime.InteropServices;

namespace KubeDoH.Api.Hosting;

/// <summary>
/// The time between being told to stop and stopping: the server is not ready any more, so that who sends it questions finds another, and
/// answers all that still come. Being told a second time ends it.
/// </summary>
internal sealed partial class Lameduck(TimeProvider time, ILogger<Lameduck> logger)
{
    private volatile bool _isOn;

    /// <summary>True once the server was told to stop.</summary>
    public bool IsOn => _isOn;

    /// <summary>
    /// Stands before everything: in that time each caller on HTTP/1.1 is asked to come on another connection next, which finds another
    /// server.
    /// </summary>
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (_isOn && HttpProtocol.IsHttp11(context.Request.Protocol)) context.Response.Headers.Connection = "close";
        return next(context);
    }

    /// <summary>Begins it, and waits until it is over.</summary>
    public async Task PassAsync(TimeSpan duration)
    {
        _isOn = true;
        if (duration <= TimeSpan.Zero) return;
        Log.Begins(logger, duration.TotalSeconds);
        using var again = new CancellationTokenSource();
        using PosixSignalRegistration term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        await Task.Delay(duration, time, again.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        void End(PosixSignalContext context)
        {
            context.Cancel = true;
            again.Cancel();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Told to stop: not ready any more, answering for another {Seconds} s")]
        public static partial void Begins(ILogger logger, double seconds);
    }
}
