// What datagrams alone cost: a loop in the manner of the service's, which sends back what comes.
//   echo PORT
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using KubeDoH.Engine.Listeners;

const int Capacity = 32, ReplySize = 1232;

using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 20 };
socket.Bind(new IPEndPoint(IPAddress.Loopback, int.Parse(args[0], CultureInfo.InvariantCulture)));
int handle = (int)socket.SafeHandle.DangerousGetHandle();
var batch = new DatagramBatch(Capacity, ReplySize, wantsControl: false);
while (true)
{
    int count = batch.Receive(handle);
    for (int slot = 0; slot < count; slot++)
    {
        ReadOnlySpan<byte> question = batch.Question(slot);
        question[..Math.Min(question.Length, ReplySize)].CopyTo(batch.Reply(slot));
        batch.Add(slot, Math.Min(question.Length, ReplySize));
    }

    batch.Send(handle);
}
