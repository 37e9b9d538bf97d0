using System.Collections;
using KubeDoH.Api.Hosting;
using KubeDoH.Api.Hosting.Access;
using KubeDoH.Api.Hosting.Configuration;
using KubeDoH.Engine;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Fakes;
using KubeDoH.Tests.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeDoH.Tests.Operation;

/// <summary>An engine that goes by a file of settings, read again when a test says so, and the feeds that it runs.</summary>
internal sealed class ReloadHost : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly EngineHost _host;
    private readonly ConfigurationReload _reload;

    private ReloadHost(TemporaryFolder folder, Settings settings, AppOptions options, EngineServices engine)
    {
        _folder = folder;
        Engine = engine;
        Live = new LiveConfiguration(options, TimeProvider.System);
        Callers = AccessSetup.TryFollow(Live, null, insideCluster: false, TimeProvider.System, NullLoggerFactory.Instance, out _)!;
        _host = new EngineHost(engine, TimeProvider.System, NullLogger<EngineHost>.Instance);
        _reload = new ConfigurationReload(settings, Live, _host, TimeProvider.System, new LogLines<ConfigurationReload>(Log));
    }

    public EngineServices Engine { get; }

    public LiveConfiguration Live { get; }

    /// <summary>Who may use <c>/api</c> under the options in force.</summary>
    public Derived<Callers> Callers { get; }

    public LogLines Log { get; } = new();

    /// <param name="json">The file at the start.</param>
    public static async Task<ReloadHost> StartAsync(TemporaryFolder folder, string json)
    {
        folder.Write(Settings.FileName, json);
        var settings = new Settings(
            CommandLine.Read(["--Store:Kind=memory", "--Management:TrustLoopback=false"]), new Hashtable(), folder.Root);
        var errors = new StringWriter();
        AppOptions options = settings.TryRead(errors)!;
        Assert.Equal("", errors.ToString());
        var host = new ReloadHost(folder, settings, options, TestEngine.Create(options.Engine));
        await host._host.StartAsync(TestContext.Current.CancellationToken);
        await host.LookAsync();
        return host;
    }

    /// <summary>Writes the file anew and has it read.</summary>
    public async Task ChangeAsync(string json)
    {
        _folder.Write(Settings.FileName, json);
        await _reload.ReloadAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Looks at the files, as it is done every other second.</summary>
    public Task LookAsync() => _reload.LookAsync(TestContext.Current.CancellationToken);

    /// <summary>The answer's code and records, as text.</summary>
    public async Task<string> AskAsync(string name)
    {
        using Query query = Query.Rent();
        query.Ask(DnsName.Parse(name).Span, RecordType.A);
        Answer answer = await Engine.Resolver.ResolveAsync(query, TestContext.Current.CancellationToken);
        var text = new List<string> { RcodeText.Write(answer.Rcode) };
        var room = new byte[AnswerRecords.Room];
        Read(answer, query, room, text);
        return string.Join(' ', text);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
        _reload.Dispose();
        await Engine.DisposeAsync();
    }

    private static void Read(Answer answer, Query query, byte[] room, List<string> text)
    {
        AnswerRecords records = answer.ReadRecords(query.Name, room);
        while (records.MoveNext())
            if (records.Section == Section.Answer) text.Add($"{records.Ttl}:{RecordText.Write(records.Type, records.Data)}");
    }
}
