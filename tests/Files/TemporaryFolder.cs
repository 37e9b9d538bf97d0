namespace KubeDoH.Tests.Files;

/// <summary>A folder of its own for a test, gone with it. Each write gets a later time, so that no test waits for the clock.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private DateTime _clock = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public string Root { get; } = Directory.CreateTempSubdirectory("kubedoh-").FullName;

    public string PathOf(string name) => Path.Combine(Root, name);

    public string Write(string name, string text)
    {
        string path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        File.SetLastWriteTimeUtc(path, _clock = _clock.AddSeconds(1));
        return path;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
