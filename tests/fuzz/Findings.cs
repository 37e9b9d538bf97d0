using System.Security.Cryptography;

namespace KubeDoH.Tests.Fuzz;

/// <summary>Inputs that broke a promise once, one file each in a folder for each target.</summary>
internal static class Findings
{
    public static string[] FilesOf(string target)
    {
        string folder = FolderOf(target);
        return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)] : [];
    }

    /// <summary>Keeps an input; returns its file.</summary>
    public static string Keep(string target, byte[] input)
    {
        string name = Convert.ToHexStringLower(SHA256.HashData(input).AsSpan(0, 8));
        string file = Path.Combine(Directory.CreateDirectory(FolderOf(target)).FullName, name);
        File.WriteAllBytes(file, input);
        return file;
    }

    private static string FolderOf(string target) => Repository.PathOf(Path.Combine("tests/fuzz/findings", target));
}
