using System.Diagnostics.CodeAnalysis;
using KubeDoH.Engine.Files;

namespace KubeDoH.Api.Hosting.Access;

/// <summary>
/// The tokens that count: those of the configuration and those of a file, which is looked at again while it is used. A token taken out
/// of the file counts for a second more at most; a file with an error leaves what was read last in place.
/// </summary>
internal sealed partial class TokenBook
{
    private const long LargestFile = 4 * 1024 * 1024;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly IReadOnlyList<TokenRecord> _configured;
    private readonly WatchedFiles? _file;
    private readonly TimeProvider _time;
    private readonly ILogger<TokenBook> _logger;
    private readonly Lock _looking = new();
    private long _lookedAt;
    private volatile Dictionary<TokenHash, TokenRecord> _tokens = [];

    private TokenBook(ManagementOptions options, TimeProvider time, ILogger<TokenBook> logger)
    {
        _configured = options.Tokens;
        _file = options.TokenFile is { } path ? new WatchedFiles([path], [], time, limit: LargestFile) : null;
        _time = time;
        _logger = logger;
    }

    /// <summary>True where somebody can have a token.</summary>
    public bool IsOpen => _file is not null || _configured.Count > 0;

    /// <summary>Reads all tokens for the first time; false with a sentence when one makes no sense.</summary>
    public static bool TryOpen(
        ManagementOptions options, TimeProvider time, ILogger<TokenBook> logger, [NotNullWhen(true)] out TokenBook? book,
        [NotNullWhen(false)] out string? error)
    {
        var opened = new TokenBook(options, time, logger);
        IReadOnlyList<FileText> files = [];
        opened._file?.TryReadChanged(out files);
        opened._lookedAt = time.GetTimestamp();
        bool read = opened.TryRead(files, out error);
        book = read ? opened : null;
        return read;
    }

    /// <summary>The token of a secret, expired or not; null when there is none.</summary>
    public TokenRecord? Find(ReadOnlySpan<char> secret)
    {
        if (_file is not null && _time.GetElapsedTime(Volatile.Read(ref _lookedAt)) >= Interval) Look();
        return secret.Length is > 0 and <= TokenHash.LongestSecret ? _tokens.GetValueOrDefault(TokenHash.Of(secret)) : null;
    }

    /// <summary>The same, with the file looked at first: a token that was just put into it counts.</summary>
    public TokenRecord? FindNew(ReadOnlySpan<char> secret)
    {
        if (_file is null) return null;
        Look();
        return Find(secret);
    }

    private void Look()
    {
        lock (_looking)
        {
            Volatile.Write(ref _lookedAt, _time.GetTimestamp());
            if (!_file!.TryReadChanged(out IReadOnlyList<FileText> files)) return;
            if (TryRead(files, out string? error)) Log.Read(_logger, _tokens.Count);
            else Log.NotRead(_logger, error);
        }
    }

    private bool TryRead(IReadOnlyList<FileText> files, [NotNullWhen(false)] out string? error)
    {
        var tokens = new Dictionary<TokenHash, TokenRecord>();
        error = _configured.Select(record => Add(tokens, record, "Management:Tokens")).FirstOrDefault(each => each is not null);
        foreach (FileText file in files) error ??= file.Error is { } trouble ? $"Management:TokenFile: {trouble}" : ReadLines(file, tokens);
        if (error is null) _tokens = tokens;
        return error is null;
    }

    private static string? ReadLines(FileText file, Dictionary<TokenHash, TokenRecord> tokens)
    {
        string[] lines = file.Text.Split('\n');
        for (int at = 0; at < lines.Length; at++)
        {
            string line = lines[at].Trim(), place = $"Management:TokenFile: {file.Path}:{at + 1}";
            if (line.Length == 0 || line[0] == '#') continue;
            if (!TokenRecord.TryParse(line, out TokenRecord? record, out string? error)) return $"{place}: {error}";
            if (Add(tokens, record, place) is { } twice) return twice;
        }

        return null;
    }

    private static string? Add(Dictionary<TokenHash, TokenRecord> tokens, TokenRecord record, string place)
    {
        if (tokens.Values.Any(token => token.Name == record.Name)) return $"{place}: there are two tokens called '{record.Name}'";
        return tokens.TryAdd(record.Hash, record) ? null : $"{place}: '{record.Name}' has the secret of '{tokens[record.Hash].Name}'";
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "The tokens were read again; there are {Count}")]
        public static partial void Read(ILogger logger, int count);

        [LoggerMessage(Level = LogLevel.Error, Message = "The tokens were read again and stay as they were: {Error}")]
        public static partial void NotRead(ILogger logger, string error);
    }
}
