using KubeDoH.Tests.Clients;
using KubeDoH.Tests.Files;

namespace KubeDoH.Tests.Readme;

/// <summary>The sample cluster as the README has it: its section on who may starts the server with a file of tokens.</summary>
public sealed class ReadmePlayground : Playground
{
    private readonly TemporaryFolder _folder = new();

    internal string TokenFile => _folder.PathOf("tokens");

    private protected override IEnumerable<string> Settings => [$"Management:TokenFile={TokenFile}", "Management:TrustLoopback=true"];

    public override ValueTask InitializeAsync()
    {
        File.WriteAllText(TokenFile, "# none yet\n");
        return base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}
