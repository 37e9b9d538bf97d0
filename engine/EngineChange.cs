using KubeDoH.Engine.Resolution;

namespace KubeDoH.Engine;

/// <summary>
/// Other options on their way into force. First the <see cref="Added"/> feeds are loaded and run; when they have read what they feed,
/// <see cref="Commit"/> makes the next question theirs; then the <see cref="Removed"/> ones are stopped and, when the last question that
/// began before is over, <see cref="Close"/> lets go of what is not needed any more.
/// </summary>
public sealed class EngineChange
{
    private readonly EngineServices _engine;
    private readonly EngineParts _before, _after;
    private bool _committed;

    internal EngineChange(EngineServices engine, EngineParts before, EngineParts after)
    {
        (_engine, _before, _after) = (engine, before, after);
        Added = [.. after.Feeds.Except(before.Feeds)];
        Removed = [.. before.Feeds.Except(after.Feeds)];
    }

    public IReadOnlyList<IFeed> Added { get; }

    public IReadOnlyList<IFeed> Removed { get; }

    /// <summary>For so long after the commit a question that began before it may still be under way.</summary>
    public TimeSpan Patience => _before.Patience;

    public void Commit()
    {
        _committed = true;
        _engine.Take(_after);
    }

    /// <summary>Without a commit the change is off, and what was made for it goes.</summary>
    public void Close() => (_committed ? _before : _after).DisposeWithout(_committed ? _after : _before);
}
