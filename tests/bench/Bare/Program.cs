// What the platform alone costs: Kestrel with one delegate behind it, which sends a recorded reply for each path.
//   bare HTTP-PORT HTTPS-PORT CERTIFICATE KEY PATH=FILE...
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using KubeDoH.Bench.Bare;
using Microsoft.AspNetCore.Server.Kestrel.Core;

(string Path, RecordedReply Reply)[] replies =
    [.. args[4..].Select(pair => pair.Split('=')).Select(pair => (pair[0], new RecordedReply(File.ReadAllBytes(pair[1]))))];

WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
{
    kestrel.AddServerHeader = false;
    kestrel.Listen(IPAddress.Loopback, Port(args[0]), endpoint => endpoint.Protocols = HttpProtocols.Http1);
    kestrel.Listen(IPAddress.Loopback, Port(args[1]), endpoint =>
    {
        endpoint.Protocols = HttpProtocols.Http1AndHttp2;
        endpoint.UseHttps(X509Certificate2.CreateFromPemFile(args[2], args[3]));
    });
});
WebApplication app = builder.Build();
app.Run(context =>
{
    if (HttpMethods.IsPost(context.Request.Method)) return PostAsync(context);
    Find(context.Request.Path.Value!).Send(context.Response);
    return Task.CompletedTask;
});
await app.RunAsync();

async Task PostAsync(HttpContext context)
{
    PipeReader body = context.Request.BodyReader;
    ReadResult read = await body.ReadAsync();
    while (!read.IsCompleted)
    {
        body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        read = await body.ReadAsync();
    }

    body.AdvanceTo(read.Buffer.End);
    Find(context.Request.Path.Value!).Send(context.Response);
}

RecordedReply Find(string path)
{
    foreach ((string known, RecordedReply reply) in replies)
        if (path == known) return reply;
    throw new ArgumentException($"nothing is recorded for {path}", nameof(path));
}

static int Port(string text) => int.Parse(text, CultureInfo.InvariantCulture);
