namespace KubeDoH.Tests;

/// <summary>The files of the repository that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    private static string Find(string folder)
    {
        for (DirectoryInfo? at = new(folder); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "KubeDoH.slnx"))) return at.FullName;
        }

        throw new DirectoryNotFoundException($"no KubeDoH.slnx above {folder}: the tests read the repository that they were built from");
    }
}
