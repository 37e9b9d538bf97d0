using System.Text;
using KubeDoH.Api.Entries.Transfer;
using KubeDoH.Engine.Entries;
using static KubeDoH.Tests.Api.Entries.TransferHost;

namespace KubeDoH.Tests.Api.Entries;

/// <summary>How much <c>/api/v1/entry-imports</c> takes at once.</summary>
public sealed class ImportSizeTests : IAsyncLifetime
{
    private EntryHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await EntryHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Hundred_thousand_lines_come_in_at_once_and_go_out_again()
    {
        const int lines = 100_000;
        string text = "$ORIGIN many.example.\n" + string.Join(
            '\n', Enumerable.Range(0, lines).Select(i => $"n{i} A 10.{i >> 16}.{(i >> 8) & 255}.{i & 255}"));

        TransferReply created = await _host.ImportAsync(ZoneFile, "source=many&strict=true", text);
        TransferReply zone = await _host.ExportAsync("format=zone&source=many");
        TransferReply deleted = await _host.ImportAsync(ZoneFile, "source=many&mode=replace", "last.example. A 192.0.2.1");

        Assert.Equal((200, $"{lines} 0 0 0 0"), (created.Status, created.Counts));
        Assert.Equal(ImportPlan.MaxChanges, created.Changes.Count());
        Assert.Equal(lines, zone.Body.Split('\n').Count(line => line.Contains(" IN A 10.", StringComparison.Ordinal)));
        Assert.Equal($"1 0 {lines} 0 0", deleted.Counts);
    }

    [Fact]
    public async Task Import_that_is_too_large_is_413_and_nothing_is_changed()
    {
        string manyNames = string.Join('\n', Enumerable.Range(0, EntryImport.MaxRecords).Select(i => $"192.0.2.1 n{i}"));

        TransferReply many = await _host.ImportAsync(HostsFile, "", manyNames);
        TransferReply bad = await _host.ImportAsync(HostsFile, "", string.Join('\n', Enumerable.Repeat("x y", EntryImport.MaxRecords)));
        TransferReply made = await _host.ImportAsync(ZoneFile, "", $"$GENERATE 0-65535 n$.example. TXT {new string('x', 255)} "
            + $"{string.Join(' ', Enumerable.Repeat(new string('y', 255), 6))}\n");
        TransferReply large = await _host.ImportAsync(HostsFile, "", new byte[ImportBody.MaxBody + 1]);

        Assert.Equal((413, "too-large"), (many.Status, many.Problem));
        Assert.Equal((413, "too-large"), (bad.Status, bad.Problem));
        Assert.Equal((413, "too-large"), (made.Status, made.Problem));
        Assert.Equal((413, "too-large"), (large.Status, large.Problem));
        Assert.Empty(await _host.ShownAsync());
    }
}
