using KubeDoH.Engine.Kubernetes;
using KubeDoH.Tests.Files;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Kubernetes;

public sealed class SnapshotFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Service(string name, string address) =>
        $"apiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: shop}}\nspec: {{clusterIP: {address}}}\n";

    private static SnapshotFiles Watch(params string[] paths) => new(paths, new FakeTimeProvider());

    private static SnapshotReading Changed(SnapshotFiles files)
    {
        Assert.True(files.TryReadChanged(out SnapshotReading reading));
        return reading;
    }

    private static string[] Names(SnapshotReading reading) =>
        [.. reading.Objects.Services.Select(service => $"{service.Name} {service.ClusterIPs[0]}")];

    [Fact]
    public void Unchanged_files_are_not_read_again()
    {
        SnapshotFiles files = Watch(_folder.Write("a.yaml", Service("web", "10.0.0.1")));
        SnapshotReading reading = Changed(files);
        Assert.Equal(["web 10.0.0.1"], Names(reading));
        Assert.True(reading.Synced);
        Assert.Equal("shop", Assert.Single(reading.Objects.Namespaces).Name);
        Assert.False(files.TryReadChanged(out _));
    }

    [Theory]
    [InlineData("kind: ]", 1)]
    [InlineData("", 0)]
    [InlineData("{\"kind\": \"List\",\n", 2)]
    public void Broken_change_keeps_the_last_good_objects_and_says_so(string broken, int line)
    {
        string path = _folder.Write("a.yaml", Service("web", "10.0.0.1"));
        SnapshotFiles files = Watch(path);
        SnapshotFile good = Assert.Single(Changed(files).Files);
        _folder.Write("a.yaml", broken);
        SnapshotReading reading = Changed(files);
        Assert.Equal(["web 10.0.0.1"], Names(reading));
        Assert.Equal(good with { Kept = true }, Assert.Single(reading.Files));
        Assert.Equal((path, line), (reading.Problems[0].File, reading.Problems[0].Line));
        Assert.StartsWith(path, reading.Problems[0].ToString(), StringComparison.Ordinal);
        Assert.True(reading.Synced);

        _folder.Write("a.yaml", Service("web", "10.0.0.2"));
        SnapshotReading mended = Changed(files);
        Assert.Equal(["web 10.0.0.2"], Names(mended));
        Assert.Empty(mended.Problems);
    }

    [Fact]
    public void Removed_file_keeps_its_objects_when_it_was_named()
    {
        string path = _folder.Write("a.yaml", Service("web", "10.0.0.1"));
        SnapshotFiles files = Watch(path);
        Changed(files);
        File.Delete(path);
        SnapshotReading reading = Changed(files);
        Assert.Equal(["web 10.0.0.1"], Names(reading));
        Assert.Equal($"{path}: no such file", Assert.Single(reading.Problems).ToString());
    }

    [Fact]
    public void Removed_file_of_a_folder_takes_its_objects_along()
    {
        _folder.Write("a.yaml", Service("web", "10.0.0.1"));
        _folder.Write("b.yaml", Service("db", "10.0.0.2"));
        SnapshotFiles files = Watch(_folder.Root);
        Changed(files);
        File.Delete(_folder.PathOf("a.yaml"));
        Assert.Equal(["db 10.0.0.2"], Names(Changed(files)));
    }

    [Fact]
    public void Removed_folder_keeps_all_that_it_held()
    {
        _folder.Write("in/a.yaml", Service("web", "10.0.0.1"));
        _folder.Write("in/sub/b.yaml", Service("db", "10.0.0.2"));
        _folder.Write("inner.yaml", Service("other", "10.0.0.3"));
        SnapshotFiles files = Watch(_folder.PathOf("in"), _folder.PathOf("inner.yaml"));
        Changed(files);
        Directory.Delete(_folder.PathOf("in"), recursive: true);
        SnapshotReading reading = Changed(files);
        Assert.Equal(["web 10.0.0.1", "db 10.0.0.2", "other 10.0.0.3"], Names(reading));
        Assert.Equal([true, true, false], reading.Files.Select(file => file.Kept));
    }

    [Fact]
    public void File_never_read_leaves_the_reading_unsynced()
    {
        SnapshotFiles files = Watch(_folder.Write("a.yaml", Service("web", "10.0.0.1")), _folder.PathOf("later.yaml"));
        SnapshotReading reading = Changed(files);
        Assert.False(reading.Synced);
        Assert.Equal(["web 10.0.0.1"], Names(reading));
        Assert.Null(reading.Files[1].LastWrite);
        _folder.Write("later.yaml", Service("db", "10.0.0.2"));
        Assert.True(Changed(files).Synced);
    }

    [Fact]
    public void Same_object_twice_is_the_later_one_and_reported()
    {
        string first = _folder.Write("a.yaml", Service("web", "10.0.0.1"));
        string second = _folder.Write("b.yaml", "---\n" + Service("web", "10.0.0.2"));
        SnapshotReading reading = Changed(Watch(_folder.Root));
        Assert.Equal(["web 10.0.0.2"], Names(reading));
        Assert.Equal(new SnapshotProblem(second, 2, "Service shop/web", $"replaces the one at {first}:1"), Assert.Single(reading.Problems));
        Assert.Equal([1, 1], reading.Files.Select(file => file.Services));
    }

    [Fact]
    public async Task Run_reads_at_once_and_ends_when_cancelled()
    {
        SnapshotFiles files = Watch(_folder.Write("a.yaml", Service("web", "10.0.0.1")));
        using var stop = new CancellationTokenSource();
        SnapshotReading? seen = null;
        Task run = files.RunAsync(reading => seen = reading, stop.Token);
        Assert.Equal(["web 10.0.0.1"], Names(seen!));
        await stop.CancelAsync();
        await run;
    }
}
