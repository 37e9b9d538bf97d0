using KubeDoH.Engine.Forward;

namespace KubeDoH.Tests.Forward;

public class CancellationSourcesTests
{
    private readonly CancellationSources _sources = new();

    [Fact]
    public void Source_is_used_again_without_those_who_waited_on_it()
    {
        CancellationTokenSource first = _sources.Rent();
        bool told = false;
        first.Token.Register(() => told = true);
        _sources.Return(first);
        CancellationTokenSource second = _sources.Rent();
        second.Cancel();
        Assert.Same(first, second);
        Assert.False(told);
    }

    [Fact]
    public void Cancelled_source_is_not_used_again()
    {
        CancellationTokenSource first = _sources.Rent();
        first.Cancel();
        _sources.Return(first);
        Assert.NotSame(first, _sources.Rent());
    }

    [Fact]
    public void Sources_that_are_out_are_different_ones() => Assert.NotSame(_sources.Rent(), _sources.Rent());
}
