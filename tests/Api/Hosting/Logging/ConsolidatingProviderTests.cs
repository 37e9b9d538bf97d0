using KubeDoH.Api.Hosting.Logging;
using KubeDoH.Tests.Fakes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Api.Hosting.Logging;

/// <summary>What goes wrong again and again is told a few times and then counted.</summary>
public sealed partial class ConsolidatingProviderTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LogLines _lines = new();

    [Fact]
    public void First_of_a_kind_are_logged_and_the_rest_is_counted_at_the_end_of_the_period()
    {
        using ConsolidatingProvider provider = Provider();
        ILogger logger = provider.CreateLogger("Forward");
        for (int i = 1; i <= 12; i++) Log.Failed(logger, i);
        Assert.Equal(ConsolidatingProvider.First, _lines.All.Count);

        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal("Warning: 7 more like 'number 12 failed' in the last 30 s", _lines.All[^1]);
        Assert.Equal(ConsolidatingProvider.First + 1, _lines.All.Count);
    }

    [Fact]
    public void Next_period_begins_with_its_first_line()
    {
        using ConsolidatingProvider provider = Provider();
        ILogger logger = provider.CreateLogger("Forward");
        for (int i = 0; i < 6; i++) Log.Failed(logger, i);
        _time.Advance(TimeSpan.FromSeconds(30));
        int before = _lines.All.Count;

        Log.Failed(logger, 77);

        Assert.Equal("Warning: number 77 failed", _lines.All[before]);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(before + 1, _lines.All.Count);
    }

    [Fact]
    public void Other_kinds_categories_and_what_is_no_trouble_are_not_held_back()
    {
        using ConsolidatingProvider provider = Provider();
        ILogger forward = provider.CreateLogger("Forward"), hosts = provider.CreateLogger("Hosts");
        for (int i = 0; i < 10; i++) Log.Failed(forward, i);
        int before = _lines.All.Count;

        Log.Failed(hosts, 1);
        Log.Broke(forward);
        for (int i = 0; i < 10; i++) Log.Went(forward, i);

        Assert.Equal(before + 12, _lines.All.Count);
    }

    [Fact]
    public void End_tells_what_was_held_back()
    {
        ConsolidatingProvider provider = Provider();
        for (int i = 1; i <= 9; i++) Log.Failed(provider.CreateLogger("Forward"), i);

        provider.Dispose();

        Assert.Equal("Warning: 4 more like 'number 9 failed' in the last 30 s", _lines.All[^1]);
    }

    [Fact]
    public void Period_of_zero_logs_everything()
    {
        using var provider = new ConsolidatingProvider(new Lines(_lines), TimeSpan.Zero, _time);
        for (int i = 0; i < 20; i++) Log.Failed(provider.CreateLogger("Forward"), i);

        Assert.Equal(20, _lines.All.Count);
    }

    [Fact]
    public async Task Nothing_that_many_threads_log_is_lost()
    {
        using ConsolidatingProvider provider = Provider();
        ILogger logger = provider.CreateLogger("Forward");

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 500; i++) Log.Failed(logger, i);
        })));
        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.StartsWith($"Warning: {4000 - ConsolidatingProvider.First} more like", _lines.All[^1], StringComparison.Ordinal);
    }

    private ConsolidatingProvider Provider() => new(new Lines(_lines), TimeSpan.FromSeconds(30), _time);

    private sealed class Lines(LogLines lines) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => lines;

        public void Dispose()
        {
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "number {Number} failed")]
        public static partial void Failed(ILogger logger, int number);

        [LoggerMessage(Level = LogLevel.Error, Message = "it broke")]
        public static partial void Broke(ILogger logger);

        [LoggerMessage(Level = LogLevel.Information, Message = "number {Number} went well")]
        public static partial void Went(ILogger logger, int number);
    }
}
