using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Entries;

public class EntryRulesTests
{
    private static readonly EntryRules Rules = new(DnsName.Parse("cluster.local"), EntryTestData.Clock());

    [Fact]
    public void Draft_with_every_spelling_comes_out_canonical()
    {
        EntryDraft draft = EntryTestData.Draft("DB.Corp.Example", "aaaa", "2001:DB8:0::2", "2001:db8::1", "2001:db8::0:2") with
        {
            Namespaces = ["shop", "ops", "shop"],
            Comment = "",
        };

        Entry entry = Rules.TryAccept(draft, false, out _)!;

        Assert.Equal("db.corp.example.", entry.Name.ToString());
        Assert.Equal(["2001:db8::1", "2001:db8::2"], entry.Records.Select(r => r.Text));
        Assert.Equal(["ops", "shop"], entry.Namespaces);
        Assert.Equal(60u, entry.Ttl);
        Assert.Null(entry.Comment);
        Assert.True(entry is { Enabled: true, AutoPtr: true, PassThrough: false, Source: "api" });
    }

    [Theory]
    [InlineData("a.example", "A", true)]
    [InlineData("*.a.example", "A", false)]
    [InlineData("a.example", "TXT", false)]
    public void AutoPtr_left_out_is_on_where_it_can_be(string name, string type, bool expected) =>
        Assert.Equal(expected, EntryTestData.Entry(name, type, type == "A" ? "192.0.2.1" : "x").AutoPtr);

    [Theory]
    [InlineData(".", "A", "192.0.2.1", "invalid-entry", "/name")]
    [InlineData("a.*.example", "A", "192.0.2.1", "wildcard-position", "/name")]
    [InlineData("a*.example", "A", "192.0.2.1", "wildcard-position", "/name")]
    [InlineData("x.cluster.local", "A", "192.0.2.1", "shadows-cluster-zone", "/name")]
    [InlineData("cluster.local", "A", "192.0.2.1", "shadows-cluster-zone", "/name")]
    [InlineData("*.local", "A", "192.0.2.1", "shadows-cluster-zone", "/name")]
    [InlineData("a.example", "ANY", "\\# 0", "type-not-allowed", "/type")]
    [InlineData("a.example", "OPT", "\\# 0", "type-not-allowed", "/type")]
    [InlineData("a.example", "AXFR", "\\# 0", "type-not-allowed", "/type")]
    [InlineData("a.example", "TSIG", "\\# 0", "type-not-allowed", "/type")]
    [InlineData("a.example", "RRSIG", "\\# 0", "type-not-allowed", "/type")]
    [InlineData("a.example", "NSEC", "\\# 0", "type-not-allowed", "/type")]
    [InlineData("a.example", "TYPE50", "\\# 0", "type-not-allowed", "/type")]
    [InlineData("*.example", "DNAME", "b.example.", "invalid-entry", "/type")]
    [InlineData("a.example", "A", "192.0.2.256", "invalid-entry", "/records/0")]
    [InlineData("a.example", "A", "", "invalid-entry", "/records/0")]
    public void Draft_with_a_fault_names_the_place(string name, string type, string record, string code, string pointer)
    {
        Assert.Null(Rules.TryAccept(EntryTestData.Draft(name, type, record), false, out IReadOnlyList<EntryViolation> violations));

        Assert.Contains(violations, v => v.Code == code && v.Pointer == pointer);
    }

    [Theory]
    [InlineData("SOA", "ns.example. host.example. 1 2 3 4 5")]
    [InlineData("NS", "ns.example.")]
    [InlineData("TYPE65280", "\\# 1 00")]
    public void Draft_of_a_data_type_is_accepted(string type, string record) =>
        Assert.NotNull(Rules.TryAccept(EntryTestData.Draft("a.example", type, record), false, out _));

    [Fact]
    public void Draft_with_many_faults_names_all_of_them()
    {
        EntryDraft draft = EntryTestData.Draft("a.example", "A", "192.0.2.1", "x", "y") with
        {
            Ttl = -1,
            Comment = new string('c', 1025),
            Namespaces = ["Shop", "-x", "ok"],
            Labels = new Dictionary<string, string?> { ["a b"] = "1", ["team"] = null },
            ExpiresAt = EntryTestData.Start,
        };

        Rules.TryAccept(draft, false, out IReadOnlyList<EntryViolation> violations);

        string[] expected =
            ["/comment", "/expiresAt", "/labels/a b", "/labels/team", "/namespaces/0", "/namespaces/1", "/records/1", "/records/2", "/ttl"];
        Assert.Equal(expected, violations.Select(v => v.Pointer).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(0L, true)]
    [InlineData(2147483647L, true)]
    [InlineData(2147483648L, false)]
    public void Ttl_at_its_limit_is_judged(long ttl, bool accepted) =>
        Assert.Equal(
            accepted, Rules.TryAccept(EntryTestData.Draft("a.example", "A", "192.0.2.1") with { Ttl = ttl }, false, out _) is not null);

    [Theory]
    [InlineData(1000, true)]
    [InlineData(1001, false)]
    public void Record_count_at_its_limit_is_judged(int count, bool accepted)
    {
        string[] records = [.. Enumerable.Range(0, count).Select(i => $"10.0.{i / 256}.{i % 256}")];

        Assert.Equal(accepted, Rules.TryAccept(EntryTestData.Draft("a.example", "A", records), false, out _) is not null);
    }

    [Fact]
    public void Records_too_large_together_are_refused()
    {
        string[] records = [.. Enumerable.Range(0, 250).Select(i => $"\"{i:D4}{new string('x', 200)}\"")];

        Assert.Null(Rules.TryAccept(EntryTestData.Draft("a.example", "TXT", records), false, out IReadOnlyList<EntryViolation> violations));
        Assert.Equal("/records", Assert.Single(violations).Pointer);
    }

    [Fact]
    public void Alias_with_two_targets_is_refused() =>
        Assert.Null(Rules.TryAccept(EntryTestData.Draft("a.example", "CNAME", "b.example", "c.example"), false, out _));

    [Fact]
    public void Name_of_the_cluster_zone_with_override_is_accepted() =>
        Assert.NotNull(Rules.TryAccept(EntryTestData.Draft("x.cluster.local", "A", "192.0.2.1"), true, out _));

    [Theory]
    [InlineData("CNAME", "", "A", "", true)]
    [InlineData("A", "", "CNAME", "", true)]
    [InlineData("A", "", "TXT", "", false)]
    [InlineData("CNAME", "shop", "A", "", false)]
    [InlineData("CNAME", "shop", "A", "ops", false)]
    [InlineData("CNAME", "shop", "A", "ops,shop", true)]
    public void Alias_beside_another_type_conflicts_where_scopes_overlap(
        string type, string scope, string otherType, string otherScope, bool conflicts)
    {
        Entry Make(string t, string ns) => EntryTestData.Entry(
            EntryTestData.Draft("a.example", t, t == "A" ? "192.0.2.1" : "b.example") with { Namespaces = ns == "" ? [] : ns.Split(',') });

        Assert.Equal(conflicts, EntryRules.FindConflict(Make(type, scope), [Make(otherType, otherScope)], EntryTestData.Start) is not null);
        Assert.Null(
            EntryRules.FindConflict(Make(type, scope), [Make(otherType, otherScope) with { Enabled = false }], EntryTestData.Start));
    }

    [Fact]
    public void Keys_sort_label_by_label_from_the_right()
    {
        string[] names = ["z.example.", "example.", "a.example.", "*.example.", "yljkjljk.a.example.", "zabc.a.example."];

        Assert.Equal(
            ["example.", "*.example.", "a.example.", "yljkjljk.a.example.", "zabc.a.example.", "z.example."],
            names.Select(n => EntryTestData.Key(n)).Order(EntryOrder.Instance).Select(k => k.Name.ToString()));
    }
}
