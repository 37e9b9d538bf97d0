
namespace KubeDoH.Tests.Fuzz;

/// <summary>First inputs for every target: what the repository has of each kind, small, and sound or nearly so.</summary>
internal static class Corpus
{
    private const int LargestFile = 24 * 1024;

    /// <summary>Writes a folder for each target.</summary>
    public static void Write(string folder)
    {
        foreach (FuzzTarget target in FuzzTargets.All)
        {
            string own = Directory.CreateDirectory(Path.Combine(folder, target.Name)).FullName;
            int number = 0;
            foreach (byte[] input in Inputs(target.Name)) File.WriteAllBytes(Path.Combine(own, $"{number++:d3}"), input);
        }
    }

    /// <summary>The first inputs of one target.</summary>
    public static IEnumerable<byte[]> Inputs(string target) => target switch
    {
        "query" => CorpusMessages.Questions(),
        "reply" => CorpusMessages.Replies(),
        "doh" => CorpusMessages.Questions().Select(
            message => Bytes($"GET /dns-query?dns={System.Buffers.Text.Base64Url.EncodeToString(message)}"))
            .Concat(CorpusMessages.Questions().Select(message => (byte[])[.. "POST /dns-query\n"u8, .. message]))
            .Concat(Lines("requests.txt")),
        "snapshot" => Snapshots(),
        "written" => [Bytes("1035")],
        _ => Lines(target + ".txt"),
    };

    /// <summary>Blocks of a file of this folder, separated by a line of four hyphens.</summary>
    private static IEnumerable<byte[]> Lines(string file) =>
        File.ReadAllText(Repository.PathOf(Path.Combine("tests/fuzz/corpus", file))).Split("\n----\n").Select(Bytes);

    private static IEnumerable<byte[]> Snapshots() =>
        new[] { "infra/playground", "tests/Data" }
            .SelectMany(folder => Directory.EnumerateFiles(Repository.PathOf(folder), "*", SearchOption.AllDirectories))
            .Where(file => Path.GetExtension(file) is ".yaml" or ".json" && new FileInfo(file).Length < LargestFile)
            .Select(File.ReadAllBytes)
            .Concat(Lines("snapshot.txt"));

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
