using KubeDoH.Api.Queries;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;
using KubeDoH.Tests.Entries;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Api.Queries;

/// <summary>Counting names in a memory that does not grow, and that it costs nothing.</summary>
public sealed class QuerySummaryTests
{
    private static readonly Answer Found = LocalAnswers.Failure("cluster", Rcode.NoError, ExtendedErrorCode.Other, "");
    private static readonly Answer Missing = LocalAnswers.Failure("cluster", Rcode.NxDomain, ExtendedErrorCode.Other, "");

    private readonly FakeTimeProvider _time = EntryTestData.Clock();

    /// <summary>20,000 names where the table has room for 512: the leaders are right, in order, and between their bounds.</summary>
    [Fact]
    public void Leaders_of_a_Zipf_stream_are_found_in_order_and_within_their_bounds()
    {
        const int Names = 20_000, Questions = 200_000;
        var random = new Random(7);
        double[] weights = [.. Enumerable.Range(1, Names).Select(rank => 1.0 / rank)];
        double total = weights.Sum();
        int[] times = [.. weights.Select(weight => (int)Math.Round(weight / total * Questions))];
        int[] stream = [.. times.SelectMany((count, name) => Enumerable.Repeat(name, count))];
        random.Shuffle(stream);
        var names = new HeavyNames(sets: 64);
        DnsName[] wire = [.. Enumerable.Range(0, Names).Select(i => DnsName.Parse($"n{i}.example"))];
        foreach (int name in stream) names.Add(wire[name].Span, DnsNameComparer.Hash(wire[name].Span));

        NameCount[] found = [.. names.Read().OrderByDescending(count => count.Count)];

        Assert.Equal(wire[..10].Select(name => $"{name}"), found[..10].Select(count => $"{count.Name}"));
        Assert.True(found.Length <= 512);
        Assert.All(found, count =>
        {
            int truth = times[int.Parse($"{count.Name}".Split('.')[0][1..], System.Globalization.CultureInfo.InvariantCulture)];
            Assert.InRange(truth, count.AtLeast, count.Count);
        });
        Assert.Equal(stream.Length, found.Sum(count => count.Count));
    }

    [Fact]
    public void Nothing_is_estimated_where_there_is_room()
    {
        using var summary = new QuerySummary(_time);
        Ask(summary, "a.example", Found, times: 3);
        Ask(summary, "B.example", Missing, times: 2);

        SummaryReading reading = summary.Read(1);

        Assert.Equal(["a.example. 3 3", "b.example. 2 2"], reading.Top.Select(Show));
        Assert.Equal(["b.example. 2 2"], reading.NxDomains.Select(Show));
        Assert.Equal((5, 0), (reading.Questions, reading.Uncounted));
    }

    [Fact]
    public void Minutes_add_up_and_are_forgotten_when_they_are_too_long_ago()
    {
        using var summary = new QuerySummary(_time);
        DateTimeOffset start = _time.GetUtcNow();
        Ask(summary, "a.example", Found);
        _time.Advance(TimeSpan.FromMinutes(1));
        Ask(summary, "a.example", Found);
        Ask(summary, "b.example", Found);

        Assert.Equal(["a.example. 1 1", "b.example. 1 1"], summary.Read(1).Top.Select(Show));
        Assert.Equal(["a.example. 2 2", "b.example. 1 1"], summary.Read(2).Top.Select(Show));
        Assert.Equal((start, start.AddMinutes(1)), (summary.Read(2).From, summary.Read(1).From));
        for (int i = 0; i < QuerySummary.Minutes - 1; i++) _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["a.example. 1 1", "b.example. 1 1"], summary.Read(QuerySummary.Minutes).Top.Select(Show));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Empty(summary.Read(QuerySummary.Minutes).Top);
    }

    [Fact]
    public void Slowest_are_the_longest_of_each_name_and_type()
    {
        using var summary = new QuerySummary(_time);
        for (int i = 1; i <= 100; i++) Ask(summary, $"n{i}.example", Found, milliseconds: i);
        for (int i = 1; i <= 100; i++) Ask(summary, "n90.example", Found, milliseconds: i);

        IReadOnlyList<SlowQuestion> slowest = summary.Read(1).Slowest;

        Assert.Equal(SlowQuestions.Most, slowest.Count);
        Assert.Equal(
            ["n100.example. 100", "n90.example. 100", "n99.example. 99", "n98.example. 98"],
            slowest.Take(4).Select(slow => $"{slow.Name} {slow.Duration.TotalMilliseconds}")
                .Order(StringComparer.Ordinal).OrderByDescending(text => int.Parse(text.Split(' ')[1])));
    }

    [Fact]
    public void Threads_that_count_at_once_lose_no_question()
    {
        using var summary = new QuerySummary(_time);
        Parallel.For(0, 8, _ => Ask(summary, "a.example", Found, times: 10_000));

        SummaryReading reading = summary.Read(1);

        Assert.Equal(80_000, reading.Questions);
        Assert.Equal(80_000 - reading.Uncounted, reading.Top.Single().Count);
    }

    /// <summary>With the summary on and nobody listening, with it off too, and with a listener who wants something else.</summary>
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void Question_costs_no_allocation_unless_somebody_wants_it(bool counted, bool heard)
    {
        using var watch = new QueryWatch(new QueriesOptions { Summary = counted }, _time);
        if (heard) Assert.NotNull(watch.TryListen(new QueryFilter { Suffix = DnsName.Parse("other.example"), Rcode = Rcode.NoError }));
        var context = new DefaultHttpContext();
        using Query query = Query.Rent();
        DnsName[] names = [.. Enumerable.Range(0, 2000).Select(i => DnsName.Parse($"n{i}.example"))];
        void Round()
        {
            foreach (DnsName name in names)
            {
                query.Ask(name.Span, RecordType.A);
                watch.Note(context, query, Found, 60, TimeSpan.FromMilliseconds(1));
                watch.Note(default, "udp", query, Missing, 60, TimeSpan.FromMilliseconds(2));
            }
        }

        for (int i = 0; i < 20; i++) Round();
        // The least of several: a thread that moves to a core of its first question makes that core's counts.
        long least = Enumerable.Range(0, 5).Min(_ =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Round();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });

        Assert.Equal(0, least);
    }

    private static string Show(NameCount count) => $"{count.Name} {count.Count} {count.AtLeast}";

    private static void Ask(QuerySummary summary, string name, Answer answer, int times = 1, double milliseconds = 1)
    {
        using Query query = Query.Rent();
        query.Ask(DnsName.Parse(name).Span, RecordType.A);
        for (int i = 0; i < times; i++) summary.Add(query, answer, TimeSpan.FromMilliseconds(milliseconds));
    }
}
