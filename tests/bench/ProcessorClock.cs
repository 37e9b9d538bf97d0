using Perfolizer.Horology;
using Perfolizer.Metrology;

namespace KubeDoH.Bench;

/// <summary>
/// Time that this process has had on a core, which does not go on while others have it: a busy machine widens no error bar.
/// </summary>
internal sealed class ProcessorClock : IClock
{
    public string Title => "processor time";

    public bool IsAvailable => true;

    public Frequency Frequency => new(TimeSpan.TicksPerSecond);

    public long GetTimestamp() => Environment.CpuUsage.TotalTime.Ticks;
}
