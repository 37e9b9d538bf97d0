using KubeDoH.Engine.Wire;

namespace KubeDoH.Engine.Listeners;

/// <summary>Who asked a listener: the address, and the port that the reply goes to. A value: a datagram costs no object.</summary>
public readonly record struct ClientEndPoint(AddressKey Address, ushort Port);
