namespace KubeDoH.Engine.Resolution;

/// <summary>Spans of time as differences of a clock's timestamps.</summary>
internal static class Timestamps
{
    public static long TicksOf(this TimeProvider time, TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
