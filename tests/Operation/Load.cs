using System.Collections.Concurrent;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Api.Doh;
using KubeDoH.Tests.Clients;

namespace KubeDoH.Tests.Operation;

/// <summary>
/// Workers that ask without a pause until so many questions were answered and what is done meanwhile is done. They ask the server that
/// <see cref="Target"/> names, as a load balancer would choose for them; every answer is checked.
/// </summary>
internal sealed class Load(Transport transport, Trusted trusted, int questions)
{
    private const int Workers = 8, MostFailures = 20;

    private static readonly Expected[] Asked =
    [
        new("secco.dns-playground.svc.cluster.local", Rcode.NoError, HasRecords: true),
        new("dns-playground.external", Rcode.NoError, HasRecords: true),
        new("missing.dns-playground.svc.cluster.local", Rcode.NxDomain, HasRecords: false),
        new("localhost", Rcode.NoError, HasRecords: true),
        new("www.upstream.example", Rcode.NoError, HasRecords: true),
    ];

    private readonly ConcurrentQueue<string> _failures = new();
    private volatile ServerProcess? _target;
    private volatile bool _done;
    private int _answered;

    public ServerProcess Target
    {
        set => _target = value;
    }

    /// <summary>Questions answered right so far.</summary>
    public int Answered => Volatile.Read(ref _answered);

    /// <summary>What went wrong, the first of it.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

    /// <summary>Asks while <paramref name="meanwhile"/> goes on, and until all questions were answered.</summary>
    public async Task RunAsync(Func<CancellationToken, Task> meanwhile, CancellationToken cancellationToken)
    {
        Task[] workers = [.. Enumerable.Range(0, Workers)
            .Select(worker => Task.Run(() => WorkAsync(worker, cancellationToken), cancellationToken))];
        try
        {
            await meanwhile(cancellationToken);
        }
        finally
        {
            _done = true;
        }

        await Task.WhenAll(workers);
    }

    private async Task WorkAsync(int worker, CancellationToken cancellationToken)
    {
        (byte[] Question, Expected Expected)[] asked = [.. Asked.Select(expected => (Messages.Question(expected.Name), expected))];
        ServerProcess? server = null;
        Asker? asker = null;
        for (int i = worker; (!_done || Answered < questions) && _failures.Count < MostFailures; i++)
        {
            if (server != _target)
            {
                asker?.Dispose();
                server = _target;
                asker = transport.Connect(server!, trusted);
            }

            (byte[] question, Expected expected) = asked[i % asked.Length];
            try
            {
                byte[] reply = await asker!.AskAsync(question, cancellationToken);
                if (expected.WhatIsWrongWith(reply) is { } wrong) _failures.Enqueue(wrong);
                else Interlocked.Increment(ref _answered);
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                _failures.Enqueue($"{expected.Name}: {e.GetType().Name}: {e.Message} {e.InnerException?.Message}");
            }
        }

        asker?.Dispose();
    }
}
