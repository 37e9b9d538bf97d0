// Compares the service with the bare endpoint in the manner that RESULTS.md tells, and fails where a budget is missed.
//   KubeDoH.Load long    every build, transport and budget: about 35 minutes
//   KubeDoH.Load http2   of these only the requests over HTTP/2
//   KubeDoH.Load forward the miss path beside dnsdist's
//   KubeDoH.Load cluster the native build on a large cluster, at an API server of its own
//   KubeDoH.Load dns     classic DNS: UDP beside a loop that only echoes, and every transport side by side
//   KubeDoH.Load queries somebody follows the questions, or nobody does
//   KubeDoH.Load short   the JIT build, few pairs, and bounds so wide that only a blunder breaks them
using KubeDoH.Bench.Load;

if (args is [DatagramClient.Switch, .. var told]) return DatagramClient.Run(told);

Fleet fleet = Fleet.Prepare(Directory.GetCurrentDirectory());
try
{
    return args switch
    {
        ["long"] => await LongRun.RunAsync(fleet),
        ["http2"] => await LongRun.RunHttp2Async(fleet),
        ["forward"] => await ForwardRun.RunAsync(fleet),
        ["dns"] => await DnsRun.RunAsync(fleet),
        ["short"] => await ShortRun.RunAsync(fleet),
        ["queries"] => await QueriesRun.RunAsync(fleet),
        ["cluster"] => await ClusterRun.RunAsync(fleet),
        _ => throw new ArgumentException("long, http2, short, forward, dns, queries or cluster"),
    };
}
finally
{
    Directory.Delete(fleet.Folder, recursive: true);
}
