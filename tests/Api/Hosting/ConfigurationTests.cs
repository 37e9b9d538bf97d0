using System.Collections;
using KubeDoH.Api.Hosting;
using KubeDoH.Api.Hosting.Configuration;
using KubeDoH.Engine;

namespace KubeDoH.Tests.Api.Hosting;

/// <summary>What the file, the environment and the command line say, and what is said about what they get wrong.</summary>
public sealed class ConfigurationTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("kubedoh").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("--Listen:Http=127.0.0.1:80", "Listen:Http", "127.0.0.1:80")]
    [InlineData("--Listen:Http|127.0.0.1:80", "Listen:Http", "127.0.0.1:80")]
    [InlineData("--listen:http=LOCALHOST:80,[::1]:81,*:82", "Listen:Http", "localhost:80,[::1]:81,*:82")]
    [InlineData("--Listen:Http=OFF", "Listen:Http", "off")]
    [InlineData("--Listen:Http:1=[::1]:2|--Listen:Http:0=127.0.0.1:1", "Listen:Http", "127.0.0.1:1,[::1]:2")]
    [InlineData("--Order=Hosts,forward", "Order", "hosts,forward")]
    [InlineData("--Kubernetes:Mode=OFF", "Kubernetes:Mode", "off")]
    [InlineData("--Listen:Dns=127.0.0.1:53;ns=shop,[::1]:53", "Listen:Dns", "127.0.0.1:53;ns=shop,[::1]:53")]
    [InlineData("--Listen:Dns:0=*:53 ; ns=shop", "Listen:Dns", "*:53;ns=shop")]
    [InlineData("--Listen:Dot=localhost:853", "Listen:Dot", "localhost:853")]
    [InlineData("--Listen:DnsNetworks=0.0.0.0/0,::/0,192.0.2.1,2001:db8::1", "Listen:DnsNetworks", "0.0.0.0/0,::/0,192.0.2.1,2001:db8::1")]
    [InlineData("--Rules:AnswerOrder=SHUFFLE", "Rules:AnswerOrder", "shuffle")]
    [InlineData("--Kubernetes:Ptr=hostnameonly", "Kubernetes:Ptr", "hostnameOnly")]
    [InlineData("--Kubernetes:NoEndpoints=TRUE", "Kubernetes:NoEndpoints", "true")]
    [InlineData("--Kubernetes:Fallthrough=none", "Kubernetes:Fallthrough", "none")]
    [InlineData("--Kubernetes:Fallthrough=", "Kubernetes:Fallthrough", "none")]
    [InlineData("--Kubernetes:Labels=app=web", "Kubernetes:Labels", "app=web")]
    [InlineData("--Kubernetes:NamespaceLabels=team in (a,b),!test", "Kubernetes:NamespaceLabels", "team in (a,b),!test")]
    [InlineData(
        "--Kubernetes:Zone=a234567890123456789012345678901234567890123456.c123", "Kubernetes:Zone",
        "a234567890123456789012345678901234567890123456.c123")]
    [InlineData("--Kubernetes:ClusterDns=fd00::10", "Kubernetes:ClusterDns", "fd00::10")]
    [InlineData("--Hosts:Inline:0=192.0.2.1 a b", "Hosts:Inline", "192.0.2.1 a b")]
    [InlineData(
        "--Forward:Servers=192.0.2.1,[2001:db8::1]:5353,2001:db8::2", "Forward:Servers", "192.0.2.1,[2001:db8::1]:5353,2001:db8::2")]
    [InlineData("--Forward:Servers=", "Forward:Servers", "none")]
    [InlineData(
        "--Forward:Rules:corp.example=10.0.0.53,10.0.0.54|--Forward:Rules:b:0=10.0.0.1", "Forward:Rules",
        "b=10.0.0.1 corp.example=10.0.0.53,10.0.0.54")]
    [InlineData("--Forward:Timeout=500ms", "Forward:Timeout", "500ms")]
    [InlineData("--Forward:Timeout=00:00:03", "Forward:Timeout", "3s")]
    [InlineData("--Forward:Deadline=1m", "Forward:Deadline", "60s")]
    [InlineData("--Cache:Size=0", "Cache:Size", "0")]
    [InlineData("--Cache:Size=1536 kb", "Cache:Size", "1536KB")]
    [InlineData("--Cache:Size=2048MB", "Cache:Size", "2GB")]
    [InlineData("--Cache:Size=1048577", "Cache:Size", "1048577")]
    [InlineData("--Cache:NegativeMaxTtl=0", "Cache:NegativeMaxTtl", "0")]
    [InlineData("--Cache:ServeStale=0s", "Cache:ServeStale", "0s")]
    [InlineData("--Cache:ServeStale=72h", "Cache:ServeStale", "72h")]
    [InlineData("--Management:Tokens=ci sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae inspect query",
        "Management:Tokens",
        "ci sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae query inspect")]
    [InlineData("--Management:TrustLoopback=TRUE", "Management:TrustLoopback", "true")]
    [InlineData("--Management:RateLimit=0", "Management:RateLimit", "0")]
    [InlineData("--Management:Kubernetes=true|--Management:Audiences=kubedoh,dns", "Management:Audiences", "kubedoh,dns")]
    [InlineData("--Listen:Proxies=10.0.0.0/8,2001:db8::1", "Listen:Proxies", "10.0.0.0/8,2001:db8::1")]
    [InlineData("--Query:Allow=ANY", "Query:Allow", "any")]
    [InlineData("--Query:Allow:0=192.0.2.0/24|--Query:Allow:1=::1", "Query:Allow", "192.0.2.0/24,::1")]
    [InlineData("--Logging:ClientAddresses=true", "Logging:ClientAddresses", "true")]
    [InlineData("--Logging:LogLevel:Default=debug", "Logging:LogLevel", "Default=debug")]
    public void Value_is_read(string args, string key, string expected)
    {
        (AppOptions? options, string output) = Read(args.Split('|'));
        Assert.Equal("", output);
        Assert.Equal(expected, ConfigurationKeys.All.Single(candidate => candidate.Path == key).Print(options!));
    }

    [Theory]
    [InlineData("--Listen:Http=127.0.0.1", "Listen:Http must be an address and a port, such as 127.0.0.1:8053")]
    [InlineData("--Listen:Http=127.0.0.1:65536", "Listen:Http must be")]
    [InlineData("--Listen:Http=::1:80", "Listen:Http must be")]
    [InlineData("--Listen:Http=web.example:80", "Listen:Http must be")]
    [InlineData("--Listen:Http=1:80", "Listen:Http must be")]
    [InlineData("--Listen:Http=localhost:0", "Listen:Http must be")]
    [InlineData("--Listen:Http=127.0.0.1:1,127.0.0.1:1", "Listen:Http: '127.0.0.1:1' stands twice")]
    [InlineData("--Listen:Http=127.0.0.1:8443", "127.0.0.1:8443 stands under two keys of Listen")]
    [InlineData("--Listen:Http=off --Listen:Https=off", "nothing would listen")]
    [InlineData("--Listen:CertificateKey=x", "Listen:CertificateKey needs Listen:Certificate")]
    [InlineData("--Listen:Dns=127.0.0.1", "Listen:Dns must be an address and a port, such as 127.0.0.1:53, [::1]:53, localhost:53 (both "
        + "loopbacks) or *:53 (any), and maybe ;ns=NAMESPACE behind it")]
    [InlineData("--Listen:Dns=127.0.0.1:0", "Listen:Dns must be an address and a port")]
    [InlineData("--Listen:Dns=127.0.0.1:53;shop", "Listen:Dns must be an address and a port")]
    [InlineData("--Listen:Dns=127.0.0.1:53;ns=Shop_1", "Listen:Dns must be an address and a port")]
    [InlineData("--Listen:Dns=127.0.0.1:53;ns=a;ns=b", "Listen:Dns must be an address and a port")]
    [InlineData("--Listen:Dns=127.0.0.1:53;ns=a,127.0.0.1:53;ns=b", "127.0.0.1:53 stands under two keys of Listen")]
    [InlineData("--Listen:Dns=127.0.0.1:8053", "127.0.0.1:8053 stands under two keys of Listen")]
    [InlineData("--Listen:DnsNetworks=10.0.0.0/33", "Listen:DnsNetworks must be an address or a network")]
    [InlineData("--Listen:DnsNetworks=10", "Listen:DnsNetworks must be an address or a network")]
    [InlineData("--Listen:DnsRate=-1", "Listen:DnsRate must be a whole number from 0 to 1000000")]
    [InlineData("--Rules:AnswerOrder=random", "Rules:AnswerOrder must be one of fixed, rotate, shuffle")]
    [InlineData("--Rules:Ipv4Only=yes", "Rules:Ipv4Only must be true or false")]
    [InlineData("--Listen:Size=1", "Listen:Size is not a key (command line)")]
    [InlineData("--Cache:Size=1", "Cache:Size must be 0, or a size from 1MB to 64GB, such as 64MB, not '1' (command line)")]
    [InlineData("--Cache:Size=65GB", "Cache:Size must be 0, or a size")]
    [InlineData("--Cache:Size=64MiB", "Cache:Size must be 0, or a size")]
    [InlineData("--Cache:Size=999999999999GB", "Cache:Size must be 0, or a size")]
    [InlineData("--Cache:Size=MB", "Cache:Size must be 0, or a size")]
    [InlineData("--Cache:MinTtl=3601", "Cache:MinTtl must be a whole number from 0 to 3600")]
    [InlineData("--Cache:MaxTtl=0", "Cache:MaxTtl must be a whole number from 1 to 604800")]
    [InlineData("--Cache:MinTtl=60 --Cache:MaxTtl=59", "Cache:MinTtl is longer than Cache:MaxTtl")]
    [InlineData("--Cache:NegativeMaxTtl=86401", "Cache:NegativeMaxTtl must be a whole number from 0 to 86400")]
    [InlineData("--Cache:FailureTtl=0", "Cache:FailureTtl must be a whole number from 1 to 300")]
    [InlineData("--Cache:ServeStale=73h", "Cache:ServeStale must be a duration from 0s to 72h")]
    [InlineData("--Order=hosts,dns", "Order must be one of hostAliases, entries, hosts, cluster, special, forward")]
    [InlineData("--Order:0=hosts --Order:1=hosts", "Order:1: 'hosts' stands twice")]
    [InlineData(
        "--Kubernetes:Mode=in-cluster",
        "Kubernetes:Mode must be one of auto, inCluster, kubeconfig, server, snapshot, off, not 'in-cluster' (command line)")]
    [InlineData("--Kubernetes:Mode=0", "Kubernetes:Mode must be one of")]
    [InlineData("--Kubernetes:Mode=", "Kubernetes:Mode must be one of")]
    [InlineData("--Kubernetes:Mode=snapshot", "Kubernetes:Mode=snapshot needs Kubernetes:Snapshot")]
    [InlineData("--Kubernetes:Mode=server", "Kubernetes:Mode=server needs Kubernetes:Server")]
    [InlineData("--Kubernetes:Server=192.0.2.1:6443", "Kubernetes:Server must be an http or https URL")]
    [InlineData("--Kubernetes:Server=https://u:p@192.0.2.1", "Kubernetes:Server must be an http or https URL")]
    [InlineData("--Kubernetes:TokenFile=token", "Kubernetes:TokenFile needs Kubernetes:Server")]
    [InlineData("--Kubernetes:CaFile=ca.crt", "Kubernetes:CaFile needs Kubernetes:Server")]
    [InlineData(
        "--Kubernetes:Server=http://192.0.2.1 --Kubernetes:TokenFile=token",
        "Kubernetes:TokenFile would go to Kubernetes:Server in the clear")]
    [InlineData("--Kubernetes:Snapshots=a", "Kubernetes:Snapshots is not a key; Kubernetes:Snapshot is (command line)")]
    [InlineData("--Kubernetes:Ttl=3601", "Kubernetes:Ttl must be a whole number from 0 to 3600, not '3601' (command line)")]
    [InlineData("--Kubernetes:Ttl=30s", "Kubernetes:Ttl must be a whole number")]
    [InlineData("--Kubernetes:Ttl=-1", "Kubernetes:Ttl must be a whole number")]
    [InlineData("--Kubernetes:Ttl:0=1", "Kubernetes:Ttl:0 is not a key")]
    [InlineData("--Kubernetes:Zone=a..b", "Kubernetes:Zone must be a domain name")]
    [InlineData("--Kubernetes:Zone=.", "Kubernetes:Zone must be a domain name of 53 octets at most")]
    [InlineData(
        "--Kubernetes:Zone=a2345678901234567890123456789012345678901234567.c123",
        "Kubernetes:Zone must be a domain name of 53 octets at most")]
    [InlineData("--Kubernetes:ClusterDns=dns", "Kubernetes:ClusterDns must be an IP address")]
    [InlineData("--Kubernetes:ClusterDns=10.96", "Kubernetes:ClusterDns must be an IP address")]
    [InlineData("--Kubernetes:ClusterDns=[::1]:53", "Kubernetes:ClusterDns must be an IP address")]
    [InlineData("--Kubernetes:Namespaces=shop,Shop_1", "Kubernetes:Namespaces must be a namespace's name")]
    [InlineData("--Kubernetes:Labels=((", "Kubernetes:Labels must be a label selector")]
    [InlineData("--Kubernetes:Labels=app=web,", "Kubernetes:Labels must be a label selector")]
    [InlineData("--Kubernetes:Labels=app===web", "Kubernetes:Labels must be a label selector")]
    [InlineData("--Kubernetes:NamespaceLabels=a%b", "Kubernetes:NamespaceLabels must be a label selector")]
    [InlineData("--Forward:Timeout=1000000000h", "Forward:Timeout must be a duration from 10ms to 60s")]
    [InlineData("--Forward:Servers=1", "Forward:Servers must be an address such as 192.0.2.1")]
    [InlineData("--Forward:Servers=192.0.2.1:0", "Forward:Servers must be an address such as 192.0.2.1")]
    [InlineData("--Kubernetes:NoEndpoints=yes", "Kubernetes:NoEndpoints must be true or false")]
    [InlineData("--Kubernetes:Snapshot:x=a", "Kubernetes:Snapshot:x is not a key")]
    [InlineData("--Store:Kind=kubernetes", "Store:Kind must be one of sqlite, memory")]
    [InlineData("--Store:Path=", "Store:Path must be a path")]
    [InlineData("--Forward:Servers=dns.example", "Forward:Servers must be an address such as 192.0.2.1")]
    [InlineData("--Forward:Rules:a..b=10.0.0.1", "Forward:Rules:a..b: 'a..b' must be a domain name")]
    [InlineData("--Forward:Rules:corp.example=nope", "Forward:Rules:corp.example must be an address")]
    [InlineData("--Forward:Rules=10.0.0.1", "Forward:Rules needs SUFFIX below it")]
    [InlineData("--Forward:Timeout=2", "Forward:Timeout must be a duration from 10ms to 60s")]
    [InlineData("--Forward:Timeout=5ms", "Forward:Timeout must be a duration")]
    [InlineData("--Forward:Timeout=99999999999999s", "Forward:Timeout must be a duration")]
    [InlineData("--Forward:Deadline=1s", "Forward:Deadline is shorter than Forward:Timeout")]
    [InlineData("--Management:TrustLoopback=sometimes", "Management:TrustLoopback must be one of auto, true, false")]
    [InlineData("--Management:RateLimit=-1", "Management:RateLimit must be a whole number from 0 to 1000000")]
    [InlineData("--Management:Audiences=dns", "Management:Audiences needs Management:Kubernetes")]
    [InlineData("--Listen:Proxies=10.0.0.1/8", "Listen:Proxies must be an address or a network")]
    [InlineData("--Query:Allow=localhost", "Query:Allow must be an address or a network")]
    [InlineData("--Query:RequireToken=true", "Query:RequireToken needs Management:TokenFile")]
    [InlineData("--Logging:LogLevel:Default=loud", "Logging:LogLevel:Default must be one of trace, debug")]
    [InlineData("--unknown=1", "unknown is not a key")]
    [InlineData("--Listen:Http", "'--Listen:Http' has no value")]
    [InlineData("-x", "'-x' is no switch")]
    [InlineData("serve", "'serve' is no switch")]
    public void Mistake_is_named_with_its_key(string args, string expected)
    {
        (AppOptions? options, string output) = Read(args.Split(' '));
        Assert.Null(options);
        Assert.Contains(expected, output);
    }

    [Fact]
    public void Secret_in_the_configuration_is_refused_by_its_place_and_not_repeated()
    {
        File.WriteAllText(Path.Combine(_root, Settings.FileName), """{"Management":{"Tokens":["correct-horse"]}}""");

        (AppOptions? options, string output) = Read([]);

        Assert.Null(options);
        Assert.Contains("Management:Tokens:0: no name with a sha256: hash behind it", output);
        Assert.Contains("kubedoh --new-token", output);
        Assert.DoesNotContain("correct-horse", output);
    }

    [Fact]
    public void Every_error_of_every_source_is_named_at_once()
    {
        File.WriteAllText(Path.Combine(_root, Settings.FileName), """{"Kubernetes":{"Ttl":"soon","Sone":"x"},"Hosts":{"Ttl":5}}""");
        (AppOptions? options, string output) = Read(
            ["--Forward:Timeout=x", "--Order=nobody", "--bad"],
            ("KUBEDOH_Store__Kind", "paper"), ("KUBEDOH_PORT", "tcp://10.0.0.1:80"), ("KUBEDOH_SERVICE_HOST", "10.0.0.1"),
            ("Kubernetes__Ttl", "7"));

        Assert.Null(options);
        Assert.Equal(
            [
                "kubedoh: '--bad' has no value: write --bad=value",
                "kubedoh: Kubernetes:Sone is not a key; Kubernetes:Zone is (appsettings.json)",
                "kubedoh: Order must be one of hostAliases, entries, hosts, cluster, special, forward (a list: commas, or indexed); or "
                + "none, not 'nobody' (command line)",
                "kubedoh: Kubernetes:Ttl must be a whole number from 0 to 3600, not 'soon' (appsettings.json)",
                "kubedoh: Forward:Timeout must be a duration from 10ms to 60s, such as 500ms, 2s, 5m, 1h or 00:00:02, not 'x' "
                + "(command line)",
                "kubedoh: Store:Kind must be one of sqlite, memory, not 'paper' (environment)",
                "kubedoh: --help lists every key",
            ],
            output.TrimEnd().Split(Environment.NewLine));
    }

    [Fact]
    public void Later_source_replaces_a_list_whole()
    {
        File.WriteAllText(Path.Combine(_root, Settings.FileName),
            """{"Hosts":{"Files":["a","b","c"],"Ttl":7},"Forward":{"Servers":[],"Rules":{"a.example":["10.0.0.1","10.0.0.2"]}}}""");
        (AppOptions? options, string output) = Read(["--Hosts:Files:0=/d"], ("KUBEDOH_Hosts__Ttl", "8"), ("kubedoh_Kubernetes__Ttl", "9"));

        Assert.Equal("", output);
        Assert.Equal(["/d"], options!.Engine.Hosts.Files);
        Assert.Equal((8, 9), (options.Engine.Hosts.Ttl, options.Engine.Kubernetes.Ttl));
        Assert.Equal([], options.Engine.Forward.Servers!);
        Assert.Equal(["10.0.0.1", "10.0.0.2"], options.Engine.Forward.Rules["A.example"]);
    }

    [Fact]
    public void Relative_paths_start_at_the_content_root()
    {
        (AppOptions? options, _) = Read(["--Kubernetes:Snapshot=a.yaml,/b", "--Listen:Certificate=c.pem"]);
        Assert.Equal([Path.Combine(_root, "a.yaml"), "/b"], options!.Engine.Kubernetes.Snapshot);
        Assert.Equal(Path.Combine(_root, "c.pem"), options.Listen.Certificate);
        Assert.Equal(Path.Combine(_root, "data/kubedoh.db"), options.Engine.Store.Path);
    }

    [Fact]
    public void Nothing_configured_gives_the_defaults_of_the_options()
    {
        (AppOptions? options, string output) = Read([]);
        Assert.Equal("", output);
        Assert.Equal(new EngineOptions().Order, options!.Engine.Order);
        Assert.Equal([new ListenAddress("127.0.0.1", 8443)], options.Listen.Https);
        Assert.Null(options.Engine.Forward.Servers);
    }

    [Fact]
    public void File_that_is_no_json_is_named()
    {
        File.WriteAllText(Path.Combine(_root, Settings.FileName), "{");
        Assert.Contains($"kubedoh: {Path.Combine(_root, Settings.FileName)} is no JSON", Read([]).Output);
    }

    [Fact]
    public void Help_lists_every_key_with_a_default_that_reads_back()
    {
        var output = new StringWriter();
        HelpText.Write(output);
        foreach (ConfigurationKey key in ConfigurationKeys.All)
        {
            string text = key.Print(new AppOptions());
            Assert.Contains($"  {key.Path}  (default: {text})", output.ToString());
            bool isWordForNone = text.Contains(' ') || text is "none" or "all" or "any";
            if (isWordForNone || key is PathKey or MapKey<string> or MapKey<Microsoft.Extensions.Logging.LogLevel>) continue;
            var read = new AppOptions();
            Assert.Empty(key.Apply(read, new ConfiguredValue("test", text, [])));
            Assert.Equal(text, key.Print(read));
        }
    }

    private (AppOptions? Options, string Output) Read(IEnumerable<string> args, params (string Name, string Value)[] environment)
    {
        var output = new StringWriter();
        AppOptions? options = Settings.TryRead(
            CommandLine.Read([.. args]), new Hashtable(environment.ToDictionary(pair => pair.Name, pair => pair.Value)), _root, output);
        return (options, output.ToString());
    }
}
