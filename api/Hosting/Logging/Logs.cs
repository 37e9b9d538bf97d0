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
        services.AddLogging(logging => logging.AddConsole());

        // A log that nobody takes must not hold up answers: what has no room is dropped, and the console says how much.
        services.AddSingleton<IOptionsMonitor<ConsoleLoggerOptions>>(new FixedOptions<ConsoleLoggerOptions>(new()
        {
            FormatterName = options.Format == LogFormat.Json ? ConsoleFormatterNames.Json : ConsoleFormatterNames.Simple,
            QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite,
        }));
        services.AddSingleton<IOptionsMonitor<JsonConsoleFormatterOptions>>(
            new FixedOptions<JsonConsoleFormatterOptions>(new() { UseUtcTimestamp = true, TimestampFormat = Time.TrimEnd() }));
        services.AddSingleton<IOptionsMonitor<SimpleConsoleFormatterOptions>>(
            new FixedOptions<SimpleConsoleFormatterOptions>(new() { SingleLine = true, UseUtcTimestamp = true, TimestampFormat = Time }));
        services.AddSingleton<IOptionsMonitor<ConsoleFormatterOptions>>(new FixedOptions<ConsoleFormatterOptions>(new()));
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
