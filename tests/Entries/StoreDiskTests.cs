using System.Text.RegularExpressions;
using KubeDoH.Engine.Entries;
using KubeDoH.Tests.Clients;
using KubeDoH.Tests.Files;

namespace KubeDoH.Tests.Entries;

/// <summary>The program's store on disks of its own: a small one, a read-only one, one that is shared, and one that is watched.</summary>
public sealed partial class StoreDiskTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _client = new();

    private string Path => _folder.PathOf("data/kubedoh.db");

    private string[] Settings => [$"Store:Path={Path}", "Forward:Servers="];

    [Fact]
    public async Task Full_disk_refuses_writes_with_507_loses_nothing_and_goes_on_once_there_is_room()
    {
        await using ServerProcess server = await (await StartOnDiskAsync("size=400k")).ListeningAsync();
        var writer = new EntryWriter(0);
        await writer.RunAsync(_client, server.Http, new string('x', 1000), () => true);
        int whileFull = writer.Sent;
        Assert.Equal(507, writer.Refused);
        Assert.InRange(whileFull, 2, 1000);
        await LookAsync(server, "full", writer);

        await OutsideClient.RunAsync(
            "nsenter", "-t", $"{server.Id}", "-U", "-m", "--preserve-credentials", "mount", "-o", "remount,size=20m", Folder());
        await writer.RunAsync(_client, server.Http, null, () => writer.Sent < whileFull + 60);

        Assert.Equal(whileFull + 60, writer.Sent);
        Assert.Equal(writer.Sent, writer.Acknowledged.Values.Max());
        await LookAsync(server, "again", writer);
    }

    [Fact]
    public async Task Read_only_disk_is_reported_at_the_start()
    {
        await using ServerProcess server = await StartOnDiskAsync("ro");

        Assert.Contains($"{Path} cannot be opened for writing", await server.EndedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Second_program_on_the_file_ends_and_says_which_file_is_in_use()
    {
        await using ServerProcess first = await ServerProcess.Start(Settings).ListeningAsync();
        await using ServerProcess second = ServerProcess.Start(Settings);

        Assert.Contains($"{Path} is in use by another process", await second.EndedAsync(), StringComparison.Ordinal);
    }

    /// <summary>The log of SQLite is synced before each answer; now and then it is also brought over into the file.</summary>
    [Fact]
    public async Task Each_acknowledged_write_was_synced_once()
    {
        const int writes = 100;
        OutsideClient.Require("strace");
        ClientResult allowed = await OutsideClient.RunAsync("strace", "-o", "/dev/null", "true");
        Assert.SkipUnless(allowed.ExitCode == 0, $"nothing can be traced: {allowed.Errors.Trim()}");
        string trace = _folder.PathOf("trace");
        string[] under = ["strace", "-f", "--seccomp-bpf", "-y", "-qq", "-e", "trace=fsync,fdatasync", "-o", trace];
        await using ServerProcess server = await ServerProcess.StartUnder(under, Settings).ListeningAsync();
        int before = Syncs(trace);

        var writer = new EntryWriter(0);
        int left = writes;
        await writer.RunAsync(_client, server.Http, null, () => Syncs(trace) - before >= writer.Sent && --left > 0);

        Assert.Equal((writes, null), (writer.Sent, writer.Refused));
        Assert.InRange(Syncs(trace) - before, writes, writes + (writes / 10));
    }

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    private static int Syncs(string trace)
    {
        using var file = new StreamReader(new FileStream(trace, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return SyncOfTheLog().Count(file.ReadToEnd());
    }

    [GeneratedRegex("sync\\([0-9]+<[^>]*/kubedoh\\.db-wal>")]
    private static partial Regex SyncOfTheLog();

    private string Folder() => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>Starts the program with a disk in memory where its data folder is, which nobody else sees.</summary>
    private async Task<ServerProcess> StartOnDiskAsync(string options)
    {
        OutsideClient.Require("unshare", "nsenter");
        string[] own = ["unshare", "-U", "-r", "-m"];
        ClientResult allowed = await OutsideClient.RunAsync(own[0], [.. own[1..], "mount", "-t", "tmpfs", "none", _folder.Root]);
        Assert.SkipUnless(allowed.ExitCode == 0, $"no disk of its own: {allowed.Errors.Trim()}");
        Directory.CreateDirectory(Folder());
        string script = $"mount -t tmpfs -o {options} none {Folder()} && exec \"$@\"";
        return ServerProcess.StartUnder([.. own, "sh", "-c", script, "sh"], Settings);
    }

    /// <summary>Opens a copy of the file as it is now, and compares it with what was acknowledged.</summary>
    private async Task LookAsync(ServerProcess server, string name, EntryWriter writer)
    {
        string copy = _folder.PathOf($"{name}.db");
        foreach (string end in new[] { "", "-wal" }) File.Copy($"/proc/{server.Id}/root{Path}{end}", copy + end);
        Assert.True(SqliteEntryStore.TryOpen(copy, TimeProvider.System, out SqliteEntryStore? store, out string? error), error);
        await using (store)
        {
            await using IAsyncEnumerator<EntryChanges> watch = store.WatchAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();
            Assert.True(await watch.MoveNextAsync());
            Dictionary<string, int> stored =
                watch.Current.Items.ToDictionary(i => i.Key.Name.ToString(), i => EntryWriter.Count(i.Entry!.Records[0].Data));
            Assert.Equal(writer.Acknowledged.OrderBy(a => a.Key), stored.OrderBy(a => a.Key));
            Assert.Equal("ok", store.File.Text("PRAGMA integrity_check"));
        }
    }
}
