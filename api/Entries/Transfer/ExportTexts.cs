using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Entries;

namespace KubeDoH.Api.Entries.Transfer;

/// <summary>Writes an export piece by piece, no faster than its reader takes it.</summary>
internal static class ExportTexts
{
    /// <summary>Octets that are written before the reader is waited for.</summary>
    private const int Piece = 32 * 1024;

    public static Task WriteAsync(HttpContext context, ExportRequest request, EntryExport export)
    {
        (string mediaType, string name) = request.Form switch
        {
            TransferForm.Hosts => ("text/plain; charset=utf-8", "entries.hosts"),
            TransferForm.Zone => ("text/dns; charset=utf-8", "entries.zone"),
            _ => ("application/json; charset=utf-8", "entries.json"),
        };
        context.Response.ContentType = mediaType;
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
        if (context.IsHead()) return Task.CompletedTask;
        PipeWriter output = context.Response.BodyWriter;
        return request.Form switch
        {
            TransferForm.Hosts => WriteLinesAsync(output, export.ToHosts(), context.RequestAborted),
            TransferForm.Zone => WriteLinesAsync(output, export.ToZone(request.Suffix), context.RequestAborted),
            _ => WriteJsonAsync(output, export, context.RequestAborted),
        };
    }

    private static async Task WriteLinesAsync(PipeWriter output, IEnumerable<string> lines, CancellationToken cancellationToken)
    {
        foreach (string line in lines)
        {
            Encoding.UTF8.GetBytes(line, output);
            output.Write("\n"u8);
            if (output.UnflushedBytes >= Piece && (await output.FlushAsync(cancellationToken)).IsCompleted) return;
        }

        await output.FlushAsync(cancellationToken);
    }

    /// <summary>An <see cref="EntryArchive"/>.</summary>
    private static async Task WriteJsonAsync(PipeWriter output, EntryExport export, CancellationToken cancellationToken)
    {
        await using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("format"u8, EntryArchive.FormatName);
        json.WriteNumber("revision"u8, export.Revision);
        json.WriteString("exportedAt"u8, export.At);
        json.WriteStartArray("entries"u8);
        foreach (Entry entry in export.Entries)
        {
            JsonSerializer.Serialize(json, EntryDocument.Of(entry), ApiJsonContext.Default.EntryDocument);
            if (json.BytesPending + output.UnflushedBytes < Piece) continue;
            await json.FlushAsync(cancellationToken);
            if ((await output.FlushAsync(cancellationToken)).IsCompleted) return;
        }

        json.WriteEndArray();
        json.WriteEndObject();
        await json.FlushAsync(cancellationToken);
        await output.FlushAsync(cancellationToken);
    }
}
