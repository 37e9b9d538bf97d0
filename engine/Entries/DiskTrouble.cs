using Microsoft.Extensions.Logging;

namespace KubeDoH.Engine.Entries;

/// <summary>
/// Whether the disk is in the way of one thing that is done with the entries. A spell of trouble is logged when it begins and when
/// it ends, however many callers are refused in between. One caller at a time.
/// </summary>
/// <param name="work">What is done, as in "cannot be <paramref name="work"/>".</param>
internal sealed partial class DiskTrouble(string path, string work, ILogger logger)
{
    private bool _lasts;

    /// <summary>It failed.</summary>
    public void Begin(Exception reason)
    {
        if (!_lasts) Log.Began(logger, path, work, reason.Message.TrimEnd('.'));
        _lasts = true;
    }

    /// <summary>It was done, by the disk.</summary>
    public void End()
    {
        if (_lasts) Log.Ended(logger, path, work);
        _lasts = false;
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Error, Message = "The entries in {Path} cannot be {Work}: {Problem}; callers are refused until they can")]
        public static partial void Began(ILogger logger, string path, string work, string problem);

        [LoggerMessage(Level = LogLevel.Information, Message = "The entries in {Path} can be {Work} again")]
        public static partial void Ended(ILogger logger, string path, string work);
    }
}
