namespace KubeDoH.Engine.Kubernetes;

/// <summary>A reply of the API server, piece by piece, given up by our own clock when it stops coming.</summary>
internal sealed class ApiReply : IDisposable
{
    private readonly CancellationTokenSource _silence;
    private readonly CancellationTokenSource _linked;
    private readonly TimeSpan _patience;
    private readonly HttpResponseMessage _reply;
    private readonly JsonPieces _pieces;

    private ApiReply(
        HttpResponseMessage reply, Stream body, bool isList, CancellationTokenSource silence, CancellationTokenSource linked,
        TimeSpan patience)
    {
        _reply = reply;
        _pieces = new JsonPieces(body, isList);
        _silence = silence;
        _linked = linked;
        _patience = patience;
    }

    public JsonPiece Kind => _pieces.Kind;

    public ReadOnlyMemory<byte> Current => _pieces.Current;

    /// <param name="stall">How long the reply's headers may take.</param>
    /// <param name="patience">How long nothing may come of its body.</param>
    public static async Task<ApiReply> GetAsync(
        ApiServer server, string target, bool isList, TimeSpan stall, TimeSpan patience, TimeProvider time, CancellationToken ct)
    {
        var silence = new CancellationTokenSource(stall, time);
        var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, silence.Token);
        try
        {
            HttpResponseMessage reply = await server.GetAsync(target, linked.Token).ConfigureAwait(false);
            Stream body = await reply.Content.ReadAsStreamAsync(linked.Token).ConfigureAwait(false);
            return new ApiReply(reply, body, isList, silence, linked, patience);
        }
        catch (Exception e)
        {
            bool silent = silence.IsCancellationRequested && !ct.IsCancellationRequested;
            linked.Dispose();
            silence.Dispose();
            if (e is OperationCanceledException && silent) throw new ApiFailure(0, $"no reply within {stall.TotalSeconds:0} s");
            throw;
        }
    }

    /// <summary>The next piece; false at the end of the reply.</summary>
    /// <exception cref="ApiFailure">Nothing came for too long.</exception>
    public async ValueTask<bool> MoveNextAsync(CancellationToken ct)
    {
        while (!_pieces.TryMoveNext())
        {
            _silence.CancelAfter(_patience);
            try
            {
                if (!await _pieces.FillAsync(_linked.Token).ConfigureAwait(false)) return false;
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                throw new ApiFailure(0, $"nothing came for {_patience.TotalSeconds:0} s");
            }
        }

        return true;
    }

    public void Dispose()
    {
        _reply.Dispose();
        _linked.Dispose();
        _silence.Dispose();
    }
}
