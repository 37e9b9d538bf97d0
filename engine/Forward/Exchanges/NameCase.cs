namespace KubeDoH.Engine.Forward.Exchanges;

/// <summary>
/// Whether a server sends a name back in the case that it was asked in. Each is taken to, until it changed it twice without having kept
/// it in between; it is then asked in lower case for as long as this process runs.
/// </summary>
internal sealed class NameCase
{
    private const int Enough = 2;

    private int _changed;

    public bool IsKept => Volatile.Read(ref _changed) < Enough;

    public void Kept()
    {
        if (Volatile.Read(ref _changed) is > 0 and < Enough) Volatile.Write(ref _changed, 0);
    }

    public void Changed() => Interlocked.Increment(ref _changed);
}
