namespace KubeDoH.Engine.Forward.Cache;

/// <summary>
/// The order in which lines go when room is needed: SIEVE. Lines stand in a queue by their arrival; a hand goes from the oldest to the
/// newest and takes the first line that was not used since it last passed. A use costs one mark and no lock, and a flood of names that
/// are asked for once goes before the names that are asked for again. Not thread-safe.
/// </summary>
internal sealed class CacheQueue
{
    private CacheLine? _newest, _oldest, _hand, _sweeper;

    public int Count { get; private set; }

    /// <summary>The lines, oldest first.</summary>
    public IEnumerable<CacheLine> Lines
    {
        get
        {
            for (CacheLine? line = _oldest; line is not null; line = line.Newer) yield return line;
        }
    }

    public void Add(CacheLine line)
    {
        line.Older = _newest;
        if (_newest is null) _oldest = line;
        else _newest.Newer = line;
        _newest = line;
        Count++;
    }

    /// <summary>Puts a line in the place of the one that it comes after: a refreshed answer is no newcomer.</summary>
    public void Replace(CacheLine line, CacheLine by)
    {
        by.Visited = line.Visited;
        (by.Older, by.Newer) = (line.Older, line.Newer);
        if (line.Older is null) _oldest = by;
        else line.Older.Newer = by;
        if (line.Newer is null) _newest = by;
        else line.Newer.Older = by;
        if (_hand == line) _hand = by;
        if (_sweeper == line) _sweeper = by;
        line.Older = line.Newer = null;
    }

    public void Remove(CacheLine line)
    {
        if (_hand == line) _hand = line.Newer;
        if (_sweeper == line) _sweeper = line.Newer;
        if (line.Older is null) _oldest = line.Newer;
        else line.Older.Newer = line.Newer;
        if (line.Newer is null) _newest = line.Older;
        else line.Newer.Older = line.Older;
        line.Older = line.Newer = null;
        Count--;
    }

    /// <summary>The line that goes next; null when there is none. What says nothing any longer goes first.</summary>
    public CacheLine? Victim(Func<CacheLine, bool> isGone)
    {
        CacheLine? line = _hand ?? _oldest;
        while (line is { Visited: true } && !isGone(line))
        {
            line.Visited = false;
            line = line.Newer ?? _oldest;
        }

        _hand = line;
        return line;
    }

    /// <summary>The next line on a round of its own, so that what is over is found though nobody asks for it.</summary>
    public CacheLine? Next()
    {
        CacheLine? line = _sweeper ?? _oldest;
        _sweeper = line?.Newer;
        return line;
    }
}
