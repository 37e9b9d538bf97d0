using System.Net;
using KubeDoH.Api.Hosting.Access;
using KubeDoH.Tests.Entries;
using Microsoft.Extensions.Time.Testing;

namespace KubeDoH.Tests.Api.Access;

/// <summary>How many a caller may send, and when again.</summary>
public class RateGateTests
{
    private readonly FakeTimeProvider _time = EntryTestData.Clock();

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(1000)]
    public void Caller_may_send_a_seconds_worth_at_once_and_then_one_by_one(int perSecond)
    {
        var gate = new RateGate(perSecond, _time);

        Assert.Equal(perSecond, Passing(gate, 1, perSecond * 3));
        _time.Advance(TimeSpan.FromSeconds(1.0 / perSecond));
        Assert.Equal(1, Passing(gate, 1, 10));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(perSecond, Passing(gate, 1, perSecond * 3));
    }

    [Fact]
    public void Wait_is_as_long_as_it_takes()
    {
        var gate = new RateGate(4, _time);
        Passing(gate, 1, 4);

        Assert.False(gate.TryPass(1, out TimeSpan wait));
        Assert.Equal(TimeSpan.FromMilliseconds(250), wait);
        _time.Advance(wait - TimeSpan.FromTicks(1));
        Assert.False(gate.TryPass(1, out _));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.True(gate.TryPass(1, out _));
    }

    [Fact]
    public void Callers_do_not_pay_for_one_another()
    {
        var gate = new RateGate(2, _time);

        Assert.Equal(2, Passing(gate, 1, 5));
        Assert.Equal(2, Passing(gate, 2, 5));
    }

    [Theory]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    public void Addresses_of_one_customer_are_one_caller(string one, string other, bool same) =>
        Assert.Equal(same, RateGate.KeyOf(IPAddress.Parse(one)) == RateGate.KeyOf(IPAddress.Parse(other)));

    [Fact]
    public async Task Callers_at_the_same_time_get_no_more_than_their_share()
    {
        var gate = new RateGate(100, _time);

        int[] passed = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Passing(gate, 7, 1000))));

        Assert.Equal(100, passed.Sum());
    }

    [Fact]
    public void Passing_and_being_refused_allocate_nothing()
    {
        var gate = new RateGate(3, TimeProvider.System);
        var address = IPAddress.Parse("2001:db8::1");
        gate.TryPass(RateGate.KeyOf(address), out _);
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 1000; i++) gate.TryPass(RateGate.KeyOf(address), out _);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static int Passing(RateGate gate, int key, int count) =>
        Enumerable.Range(0, count).Count(_ => gate.TryPass(key, out TimeSpan _));
}
