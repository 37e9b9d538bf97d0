using KubeDoH.Engine.Kubernetes;

namespace KubeDoH.Tests.Kubernetes;

/// <summary>What is kept of a pod.</summary>
public class PodReaderTests
{
    [Theory]
    [InlineData("", "", null)]
    [InlineData(", creationTimestamp: \"2026-11-23T00:00:01Z\"", "", "00:00:01")]
    [InlineData(", creationTimestamp: \"2026-11-23T00:00:01Z\"", "startTime: \"2026-11-23T00:00:02Z\"", "00:00:02")]
    public void Pod_starts_when_it_says_so_else_when_it_was_made(string metadata, string status, string? time)
    {
        PodObject pod = Read($"metadata: {{name: p, namespace: shop{metadata}}}\nstatus: {{{status}}}");

        Assert.Equal(time, pod.StartedAt?.ToString("HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("state: {running: {startedAt: \"2026-11-23T00:00:03Z\"}}", "00:00:03")]
    [InlineData("state: {terminated: {startedAt: \"2026-11-23T00:00:04Z\", finishedAt: \"2026-11-23T00:00:09Z\"}}", "00:00:04")]
    [InlineData("state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {startedAt: \"2026-11-23T00:00:05Z\"}}", "00:00:05")]
    [InlineData(
        "state: {running: {startedAt: \"2026-11-23T00:00:06Z\"}}, lastState: {terminated: {startedAt: \"2026-11-23T00:00:05Z\"}}",
        "00:00:06")]
    [InlineData("state: {waiting: {reason: ContainerCreating}}", null)]
    [InlineData("state: {running: {startedAt: null}}", null)]
    public void Container_starts_when_it_was_started_last(string state, string? time)
    {
        PodObject pod = Read($$"""
            metadata: {name: p, namespace: shop}
            spec: {containers: [{name: side}, {name: main}]}
            status: {containerStatuses: [{name: main, {{state}}}]}
            """);

        Assert.Equal(["side", "main"], pod.Containers.Select(container => container.Name));
        Assert.Null(pod.Containers[0].StartedAt);
        Assert.Equal(time, pod.Containers[1].StartedAt?.ToString("HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Pod_has_what_it_is_called()
    {
        PodObject pod = Read("metadata: {name: p}\nspec: {hostname: box, subdomain: db, setHostnameAsFQDN: true, hostnameOverride: "
            + "Box.Example, enableServiceLinks: false}");

        Assert.Equal(("box", "db", true, "box.example", false),
            (pod.Hostname, pod.Subdomain, pod.SetHostnameAsFqdn, pod.HostnameOverride, pod.ServiceLinks));
    }

    [Fact]
    public void Alias_may_end_in_a_dot()
    {
        PodObject pod = Read("metadata: {name: p}\nspec: {hostAliases: [{ip: 10.1.1.1, hostnames: [foo.local, foo.local.]}]}");

        Assert.Equal(["foo.local", "foo.local."], pod.HostAliases[0].Hostnames);
    }

    [Theory]
    [InlineData("spec: {hostAliases: [{ip: 10.1.1.1, hostnames: [foo..local]}]}", "hostname 'foo..local' is not an RFC 1123 name")]
    [InlineData("spec: {hostAliases: [{ip: 10.1.1.1, hostnames: [foo..]}]}", "hostname 'foo..' is not an RFC 1123 name")]
    [InlineData("spec: {hostnameOverride: -x}", "hostnameOverride '-x' is not an RFC 1123 name")]
    [InlineData("spec: {setHostnameAsFQDN: 1}", "setHostnameAsFQDN must be true or false, not 1")]
    [InlineData("spec: {dnsPolicy: Sometimes}", "dnsPolicy 'Sometimes' is not a DNS policy")]
    [InlineData("status: {startTime: soon}", "startTime 'soon' is not a time (RFC 3339)")]
    [InlineData("status: {containerStatuses: 1}", "containerStatuses must be a list of maps, not 1")]
    public void What_is_wrong_is_said(string text, string problem)
    {
        SnapshotContent content = RecordedCluster.Read($"apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\n{text}\n");

        Assert.Equal(problem, Assert.Single(content.Problems).Message);
    }

    /// <summary>Each of what views are made of makes it another pod, and nothing else does.</summary>
    [Theory]
    [InlineData("status: {conditions: [{type: Ready}], phase: Running, hostIP: 192.0.2.1}", true)]
    [InlineData("spec: {nodeName: n, containers: [], tolerations: []}", true)]
    [InlineData("status: {podIP: 10.1.1.1}", false)]
    [InlineData("status: {phase: Failed}", false)]
    [InlineData("status: {startTime: \"2026-11-23T00:00:02Z\"}", false)]
    [InlineData("spec: {containers: [{name: main}]}", false)]
    [InlineData("spec: {hostname: box}", false)]
    [InlineData("spec: {hostnameOverride: box}", false)]
    [InlineData("spec: {subdomain: db}", false)]
    [InlineData("spec: {setHostnameAsFQDN: true}", false)]
    [InlineData("spec: {enableServiceLinks: false}", false)]
    [InlineData("spec: {hostNetwork: true}", false)]
    [InlineData("spec: {dnsPolicy: Default}", false)]
    [InlineData("spec: {dnsConfig: {}}", false)]
    [InlineData("spec: {hostAliases: [{ip: 10.1.1.1, hostnames: [foo]}]}", false)]
    public void Pod_is_the_same_where_nothing_that_is_kept_differs(string text, bool same)
    {
        PodObject plain = Read("metadata: {name: p}"), other = Read($"metadata: {{name: p}}\n{text}");

        Assert.Equal(same, plain.SaysTheSame(other));
        Assert.Equal(same, other.SaysTheSame(plain));
    }

    [Theory]
    [InlineData("dnsConfig: {nameservers: [192.0.2.1]}", "dnsConfig: {nameservers: [192.0.2.2]}")]
    [InlineData("dnsConfig: {searches: [a]}", "dnsConfig: {searches: [b]}")]
    [InlineData("dnsConfig: {options: [{name: a}]}", "dnsConfig: {options: [{name: b}]}")]
    [InlineData("hostAliases: [{ip: 10.1.1.1, hostnames: [foo]}]", "hostAliases: [{ip: 10.1.1.1, hostnames: [bar]}]")]
    [InlineData("hostAliases: [{ip: 10.1.1.1, hostnames: [foo]}]", "hostAliases: [{ip: 10.1.1.2, hostnames: [foo]}]")]
    public void Pod_is_another_where_its_lists_differ(string one, string other)
    {
        PodObject left = Read($"metadata: {{name: p}}\nspec: {{{one}}}"), right = Read($"metadata: {{name: p}}\nspec: {{{other}}}");

        Assert.False(left.SaysTheSame(right));
        Assert.True(left.SaysTheSame(Read($"metadata: {{name: p}}\nspec: {{{one}}}")));
    }

    private static PodObject Read(string text)
    {
        SnapshotContent content = RecordedCluster.Read($"apiVersion: v1\nkind: Pod\n{text}\n");
        Assert.Empty(content.Problems);
        return Assert.IsType<PodObject>(Assert.Single(content.Objects).Value);
    }
}
