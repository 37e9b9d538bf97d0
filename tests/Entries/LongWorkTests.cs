using KubeDoH.Engine.Entries;

namespace KubeDoH.Tests.Entries;

public class LongWorkTests
{
    [Fact]
    public async Task Work_runs_on_no_worker_of_the_pool()
    {
        bool pooled = true;
        await LongWork.RunAsync(() => { pooled = Thread.CurrentThread.IsThreadPoolThread; });
        Assert.False(pooled);
        Assert.False(await LongWork.RunAsync(() => Thread.CurrentThread.IsThreadPoolThread));
        Assert.False(await LongWork.RunAsync(() => Task.FromResult(Thread.CurrentThread.IsThreadPoolThread)));
    }

    [Fact]
    public async Task What_work_throws_is_thrown_to_whoever_waits_for_it()
    {
        await Assert.ThrowsAsync<FormatException>(() => LongWork.RunAsync(() => { throw new FormatException(); }));
        await Assert.ThrowsAsync<FormatException>(() => LongWork.RunAsync(() => Task.FromException<int>(new FormatException())));
    }
}
