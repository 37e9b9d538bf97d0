using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Queries;

/// <summary>How often a name was asked.</summary>
/// <param name="Count">About so often; of one table by itself, never too few.</param>
/// <param name="AtLeast">Surely so often.</param>
internal readonly record struct NameCount(DnsName Name, long Count, long AtLeast);

/// <summary>
/// Counts names in memory that does not grow, so that those asked most are in it (space-saving: Metwally, Agrawal, El Abbadi 2005).
/// A name that is new takes the place of the least of the eight that share its set, and its count: so much it may be counted too
/// high. Not for two threads at once.
/// </summary>
internal sealed class HeavyNames(int sets)
{
    private const int Ways = 8;

    private readonly Slot[] _slots = new Slot[sets * Ways];
    private readonly byte[] _names = new byte[sets * Ways * WireName.MaxLength];

    /// <param name="name">Lower case.</param>
    /// <param name="hash">Of the name: <see cref="DnsNameComparer.Hash"/>.</param>
    public void Add(ReadOnlySpan<byte> name, int hash)
    {
        int first = (int)((uint)hash % (uint)sets) * Ways, least = first;
        for (int i = first; i < first + Ways; i++)
        {
            if (_slots[i].Hash == hash && NameOf(i).SequenceEqual(name))
            {
                _slots[i].Count++;
                return;
            }

            if (_slots[i].Count < _slots[least].Count) least = i;
        }

        long before = _slots[least].Count;
        name.CopyTo(_names.AsSpan(least * WireName.MaxLength));
        _slots[least] = new Slot(hash, (byte)name.Length, before + 1, before);
    }

    /// <summary>All that is counted.</summary>
    public IEnumerable<NameCount> Read() =>
        from i in Enumerable.Range(0, _slots.Length)
        let slot = _slots[i]
        where slot.Count > 0
        select new NameCount(DnsName.Copy(NameOf(i)), slot.Count, slot.Count - slot.Over);

    public void Clear() => Array.Clear(_slots);

    private ReadOnlySpan<byte> NameOf(int slot) => _names.AsSpan(slot * WireName.MaxLength, _slots[slot].Length);

    private record struct Slot(int Hash, byte Length, long Count, long Over);
}
