namespace KubeDoH.Tests.Replay;

/// <summary>A wrong script is an error that names file and line, and a script that expects something else is seen to fail.</summary>
public class ScriptTests
{
    private const string Rule = "# A rule.\n";

    private const string Entry = Rule + "given entries\n  db.example. 60 A 10.0.0.5\nask db.example A\n";

    [Fact]
    public async Task Right_expectation_holds() =>
        await RunAsync(Entry + "expect NOERROR aa\nanswer\n  db.example. 60 A 10.0.0.5\n");

    [Theory]
    [InlineData("expect NXDOMAIN aa\nanswer\n  db.example. 60 A 10.0.0.5\n", "rcode: expected NXDOMAIN, is NOERROR")]
    [InlineData("expect NOERROR\nanswer\n  db.example. 60 A 10.0.0.5\n", "flags: expected , is aa")]
    [InlineData("expect NOERROR aa ad\nanswer\n  db.example. 60 A 10.0.0.5\n", "flags: expected aa ad, is aa")]
    [InlineData("expect NOERROR aa\n", "Answer: expected nothing, is")]
    [InlineData("expect NOERROR aa\nanswer\n  db.example. 61 A 10.0.0.5\n", "db.example. 61 A 10.0.0.5, is")]
    [InlineData("expect NOERROR aa\nanswer\n  db.example. 60 A 10.0.0.6\n", "db.example. 60 A 10.0.0.6, is")]
    [InlineData("expect NOERROR aa\nanswer\n  DB.example. 60 A 10.0.0.5\n", "DB.example. 60 A 10.0.0.5, is")]
    [InlineData("expect NOERROR aa soa example.\nanswer\n  db.example. 60 A 10.0.0.5\n", "SOA: expected example. alone, is nothing")]
    [InlineData("expect NOERROR aa ede 14\nanswer\n  db.example. 60 A 10.0.0.5\n", "extended error: expected 14, is none")]
    [InlineData("expect NOERROR aa\nanswer\n  db.example. 60 A 10.0.0.5\nadditional\n  x.example. 60 A 10.0.0.5\n", "Additional: expected")]
    [InlineData("expect NOERROR aa\nanswer\n  db.example. 60 A 10.0.0.5\ntrace\n  db.example. A entries: 1 record\n", "trace: expected")]
    public async Task Other_expectation_fails_and_says_what_differs(string expectation, string difference)
    {
        ScriptError error = await Assert.ThrowsAsync<ScriptError>(() => RunAsync(Entry + expectation));

        Assert.StartsWith("some.dns:5: ask db.example A", error.Message);
        Assert.Contains(difference, error.Message);
    }

    [Fact]
    public async Task Extended_error_with_another_text_fails()
    {
        ScriptError error = await Assert.ThrowsAsync<ScriptError>(
            () => RunAsync(Rule + "ask db.example A\nexpect REFUSED ede 20 \"other\"\n"));

        Assert.Contains("expected 20 \"other\", is 20 \"no source answers for this name\"", error.Message);
    }

    [Theory]
    [InlineData("upstream saw nothing\n")]
    [InlineData("upstream saw\n  www.example.com. AAAA\n")]
    [InlineData("upstream saw\n  www.example.com. A\n  www.example.com. A\n")]
    public async Task Upstream_that_saw_something_else_fails(string assertion)
    {
        string question = Rule + "given upstream\n  fail www.example.com. A\nask www.example.com A\nexpect SERVFAIL ede 22\n";
        ScriptError error = await Assert.ThrowsAsync<ScriptError>(() => RunAsync(question + assertion));

        Assert.StartsWith("some.dns:6: the upstream saw www.example.com. A: ", error.Message);
    }

    [Theory]
    [InlineData("given entries\n", 1, "the first line must say the rule")]
    [InlineData(Rule + "  db.example. 60 A 10.0.0.5\n", 2, "an indented line needs a line at the margin above it")]
    [InlineData(Rule + "given\n", 2, "what is given is missing")]
    [InlineData(Rule + "given sources\nask a.example A\nexpect REFUSED ede 20\n", 2, "given are entries")]
    [InlineData(Rule + "given entries\n  db.example. 60 A\n", 3, "a record is 'owner ttl type data'")]
    [InlineData(Rule + "given entries\n  db.example 60 A 10.0.0.5\n", 3, "a name in a record ends in a dot")]
    [InlineData(Rule + "given entries\n  db.example. x A 10.0.0.5\n", 3, "'x' is no TTL")]
    [InlineData(Rule + "given entries\n  db.example. 60 AX 10.0.0.5\n", 3, "'AX' is no type")]
    [InlineData(Rule + "given entries\n  db.example. 60 A 10.0.0.500\n", 3, "address")]
    [InlineData(Rule + "given entries\n  db.example. 60 A 10.0.0.5 @namespace=shop\n", 3, "'@namespace=shop' is no property")]
    [InlineData(Rule + "given entries\n  a.*.example. 60 A 10.0.0.5\n", 3, "an asterisk")]
    [InlineData(Rule + "given hosts\n  10.0.0.1 a.example\n  10.0.0.500 b.example\n", 4, "'10.0.0.500' is no IPv4 or IPv6 address")]
    [InlineData(Rule + "given cluster\n  deployment shop/web\n", 3, "a cluster holds")]
    [InlineData(Rule + "given cluster\n  service web 10.96.0.10\n", 3, "an object is called namespace/name")]
    [InlineData(Rule + "given cluster\n  service shop/web 10.96.0.10 http\n", 3, "'http' is no port and no label")]
    [InlineData(Rule + "given cluster\n  endpoints shop/web 10.96.0\n  pod shop/p x\n", 4, "'x' is no address")]
    [InlineData(Rule + "given cluster whole\n", 2, "a cluster is")]
    [InlineData(Rule + "given view shop\n  dots 5\n", 3, "a view has")]
    [InlineData(Rule + "given options\n  Order hosts\n", 3, "an option is")]
    [InlineData(Rule + "given options\n  Hosts:Colour = red\n", 3, "'Hosts:Colour' is no option")]
    [InlineData(Rule + "given options\n  Kubernetes:Pods = many\n", 3, "'many' is none of")]
    [InlineData(Rule + "given options\n  Forward:Servers = other\n", 3, "there is no upstream 'other'")]
    [InlineData(Rule + "given upstream\n  explode\n", 3, "a record is")]
    [InlineData(Rule + "ask a..example A\n", 2, "empty")]
    [InlineData(Rule + "ask a.example\n", 2, "the type is missing")]
    [InlineData(Rule + "ask a.example A loudly\n", 2, "'loudly' says nothing about a question")]
    [InlineData(Rule + "ask a.example A from shop\nexpect REFUSED\n", 2, "there is no view 'shop'")]
    [InlineData(Rule + "ask a.example A\n", 2, "nothing is expected of this question")]
    [InlineData(Rule + "ask a.example A\nask b.example A\n", 2, "nothing is expected of this question")]
    [InlineData(Rule + "expect NOERROR\n", 2, "a line at the margin is")]
    [InlineData(Rule + "ask a.example A\nexpect REFUSED loudly\n", 3, "'loudly' says nothing about a reply")]
    [InlineData(Rule + "ask a.example A\nexpect REFUSED ede 20\nanswer\n", 4, "a section without records is not mentioned")]
    [InlineData(Rule + "ask a.example A\nexpect REFUSED ede 20\nadvance 5\n", 4, "'5' is no time")]
    [InlineData(Rule + "ask a.example A\nexpect REFUSED ede 20\ngiven hosts\n", 4, "a line at the margin is")]
    [InlineData(Rule + "ask a.example A\nexpect REFUSED ede 20\nupstream saw\n", 4, "it is 'upstream [name] saw'")]
    [InlineData(Rule + "ask a.example A\nexpect REFUSED ede 20\nchange cluster\n", 4, "must be given first")]
    public async Task Wrong_line_is_an_error_with_its_place(string text, int line, string message)
    {
        ScriptError error = await Assert.ThrowsAsync<ScriptError>(() => RunAsync(text));

        Assert.StartsWith($"some.dns:{line}: ", error.Message);
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public async Task Script_that_asks_nothing_is_an_error() =>
        Assert.Equal("some.dns: asks nothing", (await Assert.ThrowsAsync<ScriptError>(() => RunAsync(Rule + "given hosts\n"))).Message);

    private static Task RunAsync(string text) =>
        ScriptRunner.RunAsync(Script.Read("some.dns", text), TestContext.Current.CancellationToken);
}
