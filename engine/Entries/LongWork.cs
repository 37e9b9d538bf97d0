namespace KubeDoH.Engine.Entries;

/// <summary>
/// Work that keeps a core for long has a thread of its own. The thread pool has one for each core, and takes a second or more to find out
/// that it needs another: all that time every question would wait.
/// </summary>
public static class LongWork
{
    /// <summary>So many entries are much work.</summary>
    public const int ManyEntries = 1000;

    public static Task RunAsync(Action work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public static Task<T> RunAsync<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <param name="work">Has the thread until it first has to wait.</param>
    public static Task<T> RunAsync<T>(Func<Task<T>> work) => RunAsync<Task<T>>(work).Unwrap();
}
