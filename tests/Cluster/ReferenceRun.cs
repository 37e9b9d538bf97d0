using System.Buffers.Text;
using System.Text.RegularExpressions;
using KubeDoH.Engine.Kubernetes;
using KubeDoH.Tests.Clients;
using KubeDoH.Tests.Fakes;
using KubeDoH.Tests.Files;
using KubeDoH.Tests.Oracle;
using KubeDoH.Tests.Replay;

namespace KubeDoH.Tests.Cluster;

/// <summary>Makes the reference objects at an API server, starts the program on it, and compares its answers with the oracle's.</summary>
internal sealed partial class ReferenceRun(ClusterAccess access, params string[] settings)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Every question whose answer is not the right one. The API server is left as it was found, whatever happens.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken)
    {
        using ApiConnection connection = access.Open();
        await using var objects = new ReferenceObjects(connection, $"kubedoh-test-{Guid.NewGuid().ToString("N")[..8]}");
        await objects.CreateAsync(cancellationToken);
        return await AskAllAsync(objects, cancellationToken);
    }

    private async Task<IReadOnlyList<string>> AskAllAsync(ReferenceObjects objects, CancellationToken cancellationToken)
    {
        await using FakeUpstream upstream = FakeUpstream.Start();
        using var folder = new TemporaryFolder();
        string hosts = folder.Write("hosts", "203.0.113.9 dns-playground.external\n10.211.55.2 host.minikube.internal\n");
        await using ServerProcess service = await ServerProcess.Start([
            .. settings, "Kubernetes:Mode=kubeconfig", $"Kubernetes:Namespaces={string.Join(',', objects.Namespaces)}",
            $"Hosts:Files={hosts}", $"Forward:Servers={upstream.Address}",
        ]).ListeningAsync();
        using var client = new HttpClient { BaseAddress = new Uri(service.Http) };
        await ReadyAsync(client, service, cancellationToken);

        World world = objects.World;
        var oracle = new OracleSubject();
        var wrong = new List<string>();
        foreach (OracleQuestion question in Questions(objects, world))
        {
            string right = (await oracle.AskAsync(world, question)).Normal();
            string got = Counted().Replace((await AskAsync(client, question, cancellationToken)).Normal(), " 300 ");
            if (got != right) wrong.Add($"{question}\n  is {got}\n  not {right}");
        }

        return wrong;
    }

    /// <summary>The recorded questions, moved into our namespaces, and one for each record that there is.</summary>
    private static IEnumerable<OracleQuestion> Questions(ReferenceObjects objects, World world) =>
        RecordedQuestions.All.Select(row => objects.Rename(row.Question).Split(' ')).Select(words => new OracleQuestion(words[0], words[1]))
            .Concat(new ClusterRecords(world).All.Select(record => new OracleQuestion(record.Owner, record.Type)))
            .Distinct();

    private static async Task<OracleAnswer> AskAsync(HttpClient client, OracleQuestion question, CancellationToken cancellationToken)
    {
        byte[] message = ScriptQuestion.Read(new ScriptLine("reference", 0, $"ask {question.Name} {question.Type}")).Write();
        var target = new Uri($"/dns-query?dns={Base64Url.EncodeToString(message)}", UriKind.Relative);
        return ReplyText.Read(await client.GetByteArrayAsync(target, cancellationToken));
    }

    private static async Task ReadyAsync(HttpClient client, ServerProcess service, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            while (true)
            {
                using HttpResponseMessage ready = await client.GetAsync(new Uri("/ready", UriKind.Relative), patience.Token);
                if (ready.IsSuccessStatusCode) return;
                await Task.Delay(50, patience.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new InvalidOperationException($"not ready within {Patience}\n{service.Output}");
        }
    }

    /// <summary>A forwarded TTL that has been counted down since the recording's question before.</summary>
    [GeneratedRegex(@" 2[4-9]\d (?=(A|AAAA|CNAME|MX|TXT|CAA|HTTPS|SOA) )")]
    private static partial Regex Counted();
}
