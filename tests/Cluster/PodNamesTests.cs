using System.Net;
using KubeDoH.Engine.Cluster;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Tests.Cluster;

/// <summary>A pod's name can hold any address: a fixed number of answers is kept, and each is right.</summary>
public sealed class PodNamesTests
{
    private readonly PodNames _names = new("cluster", ttl: 30);

    [Fact]
    public void Answer_that_was_made_is_given_again()
    {
        Answer made = _names.Of("10-244-0-8"u8)!.Answer;

        Assert.Same(made, _names.Of("10-244-0-8"u8)!.Answer);
    }

    [Theory]
    [InlineData("10.244.0.8", "A 10.244.0.8")]
    [InlineData("fd00::8", "AAAA fd00::8")]
    [InlineData("fd00::", "AAAA fd00::")]
    public void Answer_holds_the_address(string address, string record) => Assert.Equal(record, RecordOf(IPAddress.Parse(address)));

    [Fact]
    public void Label_that_is_no_address_has_none()
    {
        Assert.Null(_names.Of("10-244-0"u8));
        Assert.Null(_names.Of("web"u8));
    }

    [Fact]
    public void Of_more_addresses_than_there_are_places_each_gets_its_own()
    {
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < 4 * PodNames.Places; i++)
            {
                var address = new IPAddress([10, 244, (byte)(i >> 8), (byte)i]);
                Assert.Equal($"A {address}", RecordOf(address));
            }
        }
    }

    private string RecordOf(IPAddress address)
    {
        PodName name = _names.Of(DashedAddress.Write(address))!;
        Span<byte> room = stackalloc byte[AnswerRecords.Room];
        AnswerRecords records = name.Answer.ReadRecords(DnsName.Parse("a.b.pod.cluster.local").Span, room);
        Assert.True(records.MoveNext());
        Assert.Equal((30u, "a.b.pod.cluster.local."), (records.Ttl, DnsName.Copy(records.Owner).ToString()));
        Assert.Equal(AddressKey.Of(address), name.Address);
        return $"{RecordTypeText.Write(records.Type)} {RecordText.Write(records.Type, records.Data)}";
    }
}
