using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace KubeDoH.Api.Hosting.Logging;

/// <summary>The log of the process, to the console: one for the engine and for everything around it.</summary>
internal sealed class Logs : IDisposable
{
    /// <summary>UTC, as RFC 3339 has it.</summary>
    private const string Time = "yyyy-MM-ddTHH:mm:ss.fffZ ";

    private readonly ServiceProvider _console;
    private readonly ConsolidatingProvider _provider;

    public Logs(LogOptions options, TimeProvider time)
    {
        IServiceCollection services = new ServiceCollection();
        services.AddLogging(logging =>
        {
            if (options.Format == LogFormat.Json)
                logging.AddJsonConsole(json => (json.UseUtcTimestamp, json.TimestampFormat) = (true, Time.TrimEnd()));
            else
                logging.AddSimpleConsole(text => (text.SingleLine, text.UseUtcTimestamp, text.TimestampFormat) = (true, true, Time));
        });

        // A log that nobody takes must not hold up answers: what has no room is dropped, and the console says how much.
        services.Configure<ConsoleLoggerOptions>(console => console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite);
        _console = services.BuildServiceProvider();
        _provider = new ConsolidatingProvider(_console.GetRequiredService<ILoggerProvider>(), options.Consolidate, time);
        Levels = new LogLevels(options);
        Factory = new LoggerFactory([_provider], Levels);
    }

    public ILoggerFactory Factory { get; }

    public LogLevels Levels { get; }

    /// <summary>Ends when all that was logged is written.</summary>
    public void Dispose()
    {
        Factory.Dispose();
        _provider.Dispose();
        _console.Dispose();
    }
}
