using System.Threading.Channels;
using KubeDoH.Engine.Files;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Files;

public sealed class WatchedFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _folder.Dispose();

    private WatchedFiles Watch(params string[] paths) => new(paths, [".txt"], _time, limit: 100);

    private static string[] Read(WatchedFiles watched) =>
        watched.TryReadChanged(out IReadOnlyList<FileText> files) ? [.. files.Select(file => file.Error ?? file.Text)] : ["unchanged"];

    [Fact]
    public void First_read_gives_the_files_and_the_second_says_unchanged()
    {
        WatchedFiles watched = Watch(_folder.Write("a", "one"), _folder.Write("b", "two"));
        Assert.Equal(["one", "two"], Read(watched));
        Assert.Equal(["unchanged"], Read(watched));
    }

    [Fact]
    public void File_of_the_same_size_written_later_is_read_again()
    {
        WatchedFiles watched = Watch(_folder.Write("a", "one"));
        Read(watched);
        _folder.Write("a", "two");
        Assert.Equal(["two"], Read(watched));
    }

    [Fact]
    public void File_of_the_same_time_and_another_size_is_read_again()
    {
        string path = _folder.Write("a", "one");
        WatchedFiles watched = Watch(path);
        Read(watched);
        DateTime before = File.GetLastWriteTimeUtc(path);
        File.WriteAllText(path, "three");
        File.SetLastWriteTimeUtc(path, before);
        Assert.Equal(["three"], Read(watched));
    }

    [Fact]
    public void File_renamed_over_the_watched_one_is_read()
    {
        WatchedFiles watched = Watch(_folder.Write("a", "old"));
        Read(watched);
        File.Move(_folder.Write("a.new", "new"), _folder.PathOf("a"), overwrite: true);
        Assert.Equal(["new"], Read(watched));
    }

    [Fact]
    public void Swapped_link_of_a_config_map_volume_is_followed()
    {
        _folder.Write("..2026_1/hosts.txt", "first");
        _folder.Write("..2026_2/hosts.txt", "other");
        Directory.CreateSymbolicLink(_folder.PathOf("..data"), "..2026_1");
        File.CreateSymbolicLink(_folder.PathOf("hosts.txt"), "..data/hosts.txt");
        WatchedFiles byName = Watch(_folder.PathOf("hosts.txt"));
        WatchedFiles byFolder = Watch(_folder.Root);
        Assert.Equal(["first"], Read(byName));
        Assert.Equal(["first"], Read(byFolder));

        Directory.CreateSymbolicLink(_folder.PathOf("..data_tmp"), "..2026_2");
        Directory.Delete(_folder.PathOf("..data"));
        Directory.Move(_folder.PathOf("..data_tmp"), _folder.PathOf("..data"));
        Assert.Equal(["other"], Read(byName));
        Assert.Equal(["other"], Read(byFolder));
        Assert.Equal(["unchanged"], Read(byFolder));
    }

    [Fact]
    public void Folder_is_read_in_name_order_with_one_level_of_sub_folders()
    {
        string[] names = ["b.txt", "a.TXT", "B.txt", "c.other", ".a.txt", "z/1.txt", "z/deep/2.txt", "y/3.txt", ".git/4.txt"];
        foreach (string name in names) _folder.Write(name, name);
        Assert.Equal(["B.txt", "a.TXT", "b.txt", "y/3.txt", "z/1.txt"], Read(Watch(_folder.Root)));
    }

    [Fact]
    public void File_that_joins_or_leaves_a_folder_is_a_change()
    {
        _folder.Write("a.txt", "a");
        WatchedFiles watched = Watch(_folder.Root);
        Read(watched);
        _folder.Write("b.txt", "b");
        Assert.Equal(["a", "b"], Read(watched));
        File.Delete(_folder.PathOf("a.txt"));
        Assert.Equal(["b"], Read(watched));
    }

    [Fact]
    public void Missing_file_is_an_error_naming_it_until_it_appears()
    {
        WatchedFiles watched = Watch(_folder.PathOf("later"));
        Assert.Equal([_folder.PathOf("later") + ": no such file"], Read(watched));
        Assert.Equal(["unchanged"], Read(watched));
        _folder.Write("later", "here");
        Assert.Equal(["here"], Read(watched));
    }

    [Fact]
    public void Dangling_link_is_an_error_naming_it()
    {
        File.CreateSymbolicLink(_folder.PathOf("link"), "nowhere");
        Assert.Equal([_folder.PathOf("link") + ": no such file"], Read(Watch(_folder.PathOf("link"))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public void Path_that_cannot_be_one_is_an_error(string path)
    {
        Assert.True(Watch(path).TryReadChanged(out IReadOnlyList<FileText> files));
        Assert.NotNull(Assert.Single(files).Error);
    }

    [Fact]
    public void File_larger_than_the_limit_is_an_error()
    {
        string path = _folder.Write("big", new string('x', 101));
        Assert.Equal([path + ": 101 bytes, more than the 100 that are read"], Read(Watch(path)));
        _folder.Write("big", new string('x', 100));
        Assert.Equal(100, Read(Watch(path))[0].Length);
    }

    [Fact]
    public void Locked_file_is_an_error_and_is_read_once_it_is_let_go()
    {
        string path = _folder.Write("a", "text");
        WatchedFiles watched = Watch(path);
        using (new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.StartsWith(path + ": ", Read(watched)[0], StringComparison.Ordinal);
            Assert.Equal(["unchanged"], Read(watched));
        }
        Assert.Equal(["text"], Read(watched));
    }

    [Fact]
    public void Byte_order_mark_is_no_part_of_the_text() =>
        Assert.Equal(["text"], Read(Watch(_folder.Write("a", "\uFEFFtext"))));

    [Fact]
    public void Last_write_is_that_of_the_file_a_link_leads_to()
    {
        string target = _folder.Write("target", "text");
        File.CreateSymbolicLink(_folder.PathOf("link"), "target");
        Assert.True(Watch(_folder.PathOf("link")).TryReadChanged(out IReadOnlyList<FileText> files));
        Assert.Equal(File.GetLastWriteTimeUtc(target), files[0].LastWrite.UtcDateTime);
    }

    [Fact]
    public async Task Run_reads_at_once_then_looks_every_two_seconds_until_cancelled()
    {
        WatchedFiles watched = Watch(_folder.Write("a", "one"));
        Channel<string> seen = Channel.CreateUnbounded<string>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task run = watched.RunAsync(files => seen.Writer.TryWrite(files[0].Text), stop.Token);
        Assert.True(seen.Reader.TryRead(out string? first));
        Assert.Equal("one", first);

        _folder.Write("a", "two");
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(seen.Reader.TryRead(out _));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal("two", await seen.Reader.ReadAsync(TestContext.Current.CancellationToken));

        await stop.CancelAsync();
        await run;
    }
}
