using System.Net;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Listeners;

/// <summary>The networks whose clients are answered, looked through without an allocation.</summary>
internal sealed class AllowedNetworks
{
    private readonly (AddressKey Start, int Shift)[] _networks;

    public AllowedNetworks(IEnumerable<IPNetwork> networks)
    {
        _networks = [.. networks.Select(network =>
        {
            AddressKey start = AddressKey.Of(network.BaseAddress);
            return (start, (8 * start.Size) - network.PrefixLength);
        })];
    }

    public bool Contains(AddressKey address)
    {
        foreach ((AddressKey start, int shift) in _networks)
        {
            // A shift of 128 is a shift of none.
            if (start.IsV6 == address.IsV6 && (shift == 128 || address.Bits >> shift == start.Bits >> shift)) return true;
        }

        return false;
    }
}
