using System.Collections.Concurrent;
using KubeDoH.Engine.Resolution;

namespace KubeDoH.Api.Doh;

/// <summary>The sentence about an answer's origin in <c>Comment</c>.</summary>
internal static class Comments
{
    /// <summary>One for each source: they are few, and their names are constants.</summary>
    private static readonly ConcurrentDictionary<string, string> Plain = new(StringComparer.Ordinal);

    /// <summary>Such as <c>Response from entries.</c> or <c>Response from forward: no upstream answered (EDE 22).</c></summary>
    public static string For(Answer answer) => answer.Error is { } error
        ? $"Response from {answer.Source}: {error.Text} (EDE {(int)error.Code})."
        : Plain.GetOrAdd(answer.Source, static source => $"Response from {source}.");
}
