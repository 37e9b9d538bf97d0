using KubeDoH.Engine.Entries;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Entries;

/// <summary>Verdicts are written as the answer's record texts, NODATA, "-" for not mine, or the rcode.</summary>
public class EntrySourceTests
{
    private readonly FakeTimeProvider _time = EntryTestData.Clock();
    private readonly EntryView _view;
    private readonly EntrySource _names;
    private readonly EntrySource _pointers;

    public EntrySourceTests()
    {
        _view = new EntryView(_time);
        _names = new EntrySource(_view.Names);
        _pointers = new EntrySource(_view.Pointers);
    }

    [Theory]
    [InlineData("db.corp.example", "A", "192.0.2.1")]
    [InlineData("DB.Corp.Example", "A", "192.0.2.1")]
    [InlineData("db.corp.example", "AAAA", "NODATA")]
    [InlineData("db.corp.example", "ANY", "\"RFC8482\" \"\"")]
    [InlineData("corp.example", "A", "-")]
    [InlineData("x.db.corp.example", "A", "-")]
    [InlineData("alias.example", "A", "db.corp.example.")]
    [InlineData("alias.example", "TXT", "db.corp.example.")]
    public void Exact_name_answers_all_its_types(string name, string type, string expected)
    {
        Put("db.corp.example", "A", "192.0.2.1");
        Put("alias.example", "CNAME", "db.corp.example");

        Assert.Equal(expected, Ask(name, type));
    }

    /// <summary>The zone of RFC 4592 2.2.1, as far as its names matter.</summary>
    [Theory]
    [InlineData("host3.example", "MX", "10 host1.example.")]
    [InlineData("host3.example", "A", "NODATA")]
    [InlineData("foo.bar.example", "TXT", "\"this is a wildcard\"")]
    [InlineData("host1.example", "MX", "NODATA")]
    [InlineData("sub.*.example", "MX", "NODATA")]
    [InlineData("ghost.*.example", "MX", "-")]
    [InlineData("_telnet._tcp.host1.example", "SRV", "-")]
    [InlineData("_tcp.host1.example", "TXT", "-")]
    [InlineData("x._tcp.host1.example", "TXT", "-")]
    [InlineData("example", "A", "-")]
    [InlineData("*.example", "TXT", "\"this is a wildcard\"")]
    public void Wildcard_covers_what_does_not_exist_below_its_closest_encloser(string name, string type, string expected)
    {
        Put("*.example", "TXT", "\"this is a wildcard\"");
        Put("*.example", "MX", "10 host1.example.");
        Apply(EntryTestData.Entry("sub.x.example", "TXT", "x") with { Name = DnsName.Parse("sub.*.example") });
        Put("host1.example", "A", "192.0.2.1");
        Put("_ssh._tcp.host1.example", "SRV", "0 0 22 host1.example.");

        Assert.Equal(expected, Ask(name, type));
    }

    /// <summary>There is one entry of a type at a name: its scoped and its global records differ in type.</summary>
    [Theory]
    [InlineData("both.example", "A", "shop", "192.0.2.1")]
    [InlineData("both.example", "TXT", "shop", "NODATA")]
    [InlineData("both.example", "TXT", "ops", "\"global\"")]
    [InlineData("both.example", "TXT", null, "\"global\"")]
    [InlineData("both.example", "A", null, "NODATA")]
    [InlineData("wild.example", "TXT", "shop", "NODATA")]
    [InlineData("wild.example", "A", "shop", "192.0.2.2")]
    [InlineData("wild.example", "TXT", "ops", "\"exact\"")]
    [InlineData("other.example", "TXT", "ops", "\"wildcard\"")]
    [InlineData("two.test", "A", "shop", "192.0.2.6")]
    [InlineData("two.test", "A", "ops", "192.0.2.6")]
    [InlineData("two.test", "A", "dev", "-")]
    [InlineData("two.test", "A", null, "-")]
    public void Scope_comes_before_exactness(string name, string type, string? ns, string expected)
    {
        PutScoped("both.example", "192.0.2.1", "shop");
        Put("both.example", "TXT", "global");
        PutScoped("*.example", "192.0.2.2", "shop");
        Put("*.example", "TXT", "wildcard");
        Put("wild.example", "TXT", "exact");
        PutScoped("two.test", "192.0.2.6", "shop", "ops");

        Assert.Equal(expected, Ask(name, type, ns));
    }

    [Theory]
    [InlineData("one.example", "AAAA", "-")]
    [InlineData("one.example", "A", "192.0.2.1")]
    [InlineData("mixed.example", "AAAA", "-")]
    [InlineData("plain.example", "AAAA", "NODATA")]
    [InlineData("x.wild.example", "AAAA", "-")]
    public void Type_not_there_passes_through_where_an_entry_of_the_name_says_so(string name, string type, string expected)
    {
        Apply(EntryTestData.Draft("one.example", "A", "192.0.2.1") with { PassThrough = true });
        Apply(EntryTestData.Draft("mixed.example", "A", "192.0.2.1") with { PassThrough = true });
        Put("mixed.example", "TXT", "x");
        Put("plain.example", "TXT", "x");
        Apply(EntryTestData.Draft("*.wild.example", "A", "192.0.2.1") with { PassThrough = true });

        Assert.Equal(expected, Ask(name, type));
    }

    [Fact]
    public void Disabled_entry_does_not_exist()
    {
        Apply(EntryTestData.Draft("a.b.example", "A", "192.0.2.1") with { Enabled = false });

        Assert.Equal("-", Ask("a.b.example", "A"));
        Assert.False(KnowsName("b.example"));
        Assert.Equal("-", AskPointer("1.2.0.192.in-addr.arpa"));
    }

    [Fact]
    public void Expired_entry_is_gone_to_the_second_with_its_pointer_and_its_non_terminals()
    {
        Put("a.b.example", "TXT", "stays");
        Apply(EntryTestData.Draft("a.b.example", "A", "192.0.2.1") with { ExpiresAt = EntryTestData.Start.AddSeconds(10) });
        Apply(EntryTestData.Draft("c.d.example", "A", "192.0.2.1") with { ExpiresAt = EntryTestData.Start.AddSeconds(20) });
        Put("*.example", "A", "192.0.2.9");

        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(["192.0.2.1", "192.0.2.1"], new[] { Ask("a.b.example", "A"), Ask("c.d.example", "A") });
        Assert.Equal("a.b.example. c.d.example.", AskPointer("1.2.0.192.in-addr.arpa"));
        Assert.Equal("-", Ask("d.example", "A"));

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["NODATA", "192.0.2.1"], new[] { Ask("a.b.example", "A"), Ask("c.d.example", "A") });
        Assert.Equal("c.d.example.", AskPointer("1.2.0.192.in-addr.arpa"));

        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("-", AskPointer("1.2.0.192.in-addr.arpa"));
        Assert.Equal("192.0.2.9", Ask("d.example", "A"));
        Assert.Equal("192.0.2.9", Ask("c.d.example", "A"));
        Assert.Equal("\"stays\"", Ask("a.b.example", "TXT"));
    }

    [Fact]
    public void Names_and_what_is_above_them_are_known_to_the_views_that_see_them()
    {
        PutScoped("a.b.example", "192.0.2.1", "shop");

        Assert.True(KnowsName("b.example", "shop"));
        Assert.True(KnowsName("example", "shop"));
        Assert.True(KnowsName("a.b.example", "shop"));
        Assert.False(KnowsName("x.a.b.example", "shop"));
        Assert.False(KnowsName("b.example"));

        Delete("a.b.example");
        Assert.False(KnowsName("b.example", "shop"));
    }

    [Fact]
    public void Pointers_follow_addresses_of_entries_that_want_them()
    {
        Put("a.example", "A", "192.0.2.1", "192.0.2.2");
        Put("six.example", "AAAA", "2001:db8::1");
        Apply(EntryTestData.Draft("no.example", "A", "192.0.2.1") with { AutoPtr = false });
        Put("*.wild.example", "A", "192.0.2.1");

        Assert.Equal("a.example.", AskPointer("1.2.0.192.in-addr.arpa"));
        Assert.Equal("six.example.", AskPointer("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"));
        Assert.Equal("-", Ask("1.2.0.192.in-addr.arpa", "PTR"));

        Put("a.example", "A", "192.0.2.2", "192.0.2.3");
        Assert.Equal("-", AskPointer("1.2.0.192.in-addr.arpa"));
        Assert.Equal("a.example.", AskPointer("3.2.0.192.in-addr.arpa"));
    }

    [Theory]
    [InlineData("A", "0.0.0.0", "0.0.0.0.in-addr.arpa")]
    [InlineData("A", "127.0.0.1", "1.0.0.127.in-addr.arpa")]
    [InlineData("AAAA", "::1", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa")]
    public void Address_that_is_nobodys_has_no_pointer(string type, string address, string pointer)
    {
        Put("ads.example", type, address);

        Assert.Equal("-", AskPointer(pointer));
    }

    [Theory]
    [InlineData("www.old.example", "A", "new.example. www.new.example.")]
    [InlineData("a.b.old.example", "TXT", "new.example. a.b.new.example.")]
    [InlineData("old.example", "A", "NODATA")]
    [InlineData("old.example", "DNAME", "new.example.")]
    [InlineData("own.old.example", "A", "192.0.2.1")]
    public void Dname_renames_what_lies_below_it(string name, string type, string expected)
    {
        Put("old.example", "DNAME", "new.example");
        Put("own.old.example", "A", "192.0.2.1");

        Assert.Equal(expected, Ask(name, type));
    }

    [Fact]
    public void Dname_whose_name_grows_too_long_is_YXDOMAIN()
    {
        string label = new('x', 63);
        Put("o.example", "DNAME", $"{label}.{label}.{label}.example");

        Assert.Equal("RCODE6", Ask($"{label}.o.example", "A"));
    }

    [Fact]
    public void Reset_takes_away_what_it_does_not_name()
    {
        Put("a.example", "A", "192.0.2.1");
        Entry other = EntryTestData.Entry("b.example", "A", "192.0.2.2");

        _view.Apply(new EntryChanges(9, Reset: true, [new EntryChange(other.Key, other)]));

        Assert.Equal(["-", "192.0.2.2"], new[] { Ask("a.example", "A"), Ask("b.example", "A") });
    }

    [Theory]
    [InlineData("a.example", null)]
    [InlineData("x.wild.example", null)]
    [InlineData("s.example", "shop")]
    [InlineData("soon.example", null)]
    public void Hit_allocates_nothing(string name, string? ns)
    {
        Put("a.example", "A", "192.0.2.1");
        Put("*.wild.example", "A", "192.0.2.1");
        PutScoped("s.example", "192.0.2.1", "shop");
        Apply(EntryTestData.Draft("soon.example", "A", "192.0.2.1") with { ExpiresAt = EntryTestData.Start.AddSeconds(10) });
        using Query query = Question(name, RecordType.A, ns);
        for (int i = 0; i < 100; i++) Assert.NotNull(Find(_names, query));

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) _ = Find(_names, query);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private void Put(string name, string type, params string[] records) => Apply(EntryTestData.Draft(name, type, records));

    private void PutScoped(string name, string address, params string[] namespaces) =>
        Apply(EntryTestData.Draft(name, "A", address) with { Namespaces = namespaces });

    private void Apply(EntryDraft draft) => Apply(EntryTestData.Entry(draft));

    private void Apply(Entry entry) => _view.Apply(new EntryChanges(1, Reset: false, [new EntryChange(entry.Key, entry)]));

    private void Delete(string name) => _view.Apply(new EntryChanges(1, Reset: false, [new EntryChange(EntryTestData.Key(name), null)]));

    private string Ask(string name, string type, string? ns = null) => Ask(_names, name, type, ns);

    private string AskPointer(string name) => Ask(_pointers, name, "PTR", null);

    private bool KnowsName(string name, string? ns = null)
    {
        using Query query = Question(name, RecordType.A, ns);
        return _names.KnowsName(query);
    }

    private static string Ask(EntrySource source, string name, string type, string? ns)
    {
        Assert.True(RecordTypeText.TryRead(type, out RecordType read));
        using Query query = Question(name, read, ns);
        if (Find(source, query) is not { } answer) return "-";
        if (answer.Rcode != Rcode.NoError) return RcodeText.Write(answer.Rcode);
        List<string> texts = [];
        AnswerRecords records = answer.ReadRecords(query.Name, new byte[AnswerRecords.Room]);
        while (records.MoveNext())
            if (records.Section == Section.Answer) texts.Add(RecordText.Write(records.Type, records.Data));
        return texts.Count == 0 ? "NODATA" : string.Join(' ', texts);
    }

    /// <summary>A verdict of entries never waits.</summary>
    private static Answer? Find(EntrySource source, Query query)
    {
        ValueTask<Answer?> pending = source.FindAsync(query, CancellationToken.None);
        return pending.IsCompletedSuccessfully ? pending.Result : throw new InvalidOperationException("The source waits.");
    }

    private static Query Question(string name, RecordType type, string? ns)
    {
        Span<byte> wire = stackalloc byte[WireName.MaxLength];
        Assert.True(NameText.TryRead(name, wire, out int length, out _));
        Query query = Query.Rent();
        query.Ask(wire[..length], type);
        query.View = new ClientView { Namespace = ns };
        return query;
    }
}
