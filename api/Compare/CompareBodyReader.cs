using System.Globalization;
using KubeDoH.Api.Doh;
using KubeDoH.Api.Entries;
using KubeDoH.Api.Hosting;
using KubeDoH.Engine.Wire;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KubeDoH.Api.Compare;

/// <summary>Reads a list of questions: all of them, or everything that is wrong with them and where.</summary>
internal static class CompareBodyReader
{
    public const string MediaType = "application/json";

    public const int MaxQuestions = 1000;

    /// <summary>Octets of a body.</summary>
    public const long MaxBody = 1024 * 1024;

    public static async Task<(CompareBody? Body, IReadOnlyList<CompareItem> Items, JsonHttpResult<ApiProblem>? Problem)> ReadAsync(
        HttpContext context)
    {
        (byte[]? octets, JsonHttpResult<ApiProblem>? problem) = await JsonBody.ReadAsync(context, MediaType, MaxBody);
        if (octets is null) return (null, [], problem);
        (CompareBody? body, problem) = JsonBody.Parse(context, octets, ApiJsonContext.Default.CompareBody);
        if (body is null) return (null, [], problem);
        var errors = new List<ApiProblemError>(Unknown(body.Others?.Keys, "", "a comparison"));
        var items = new List<CompareItem>();
        if (body.Questions is not { Count: > 0 and <= MaxQuestions })
            errors.Add(new ApiProblemError("/questions", $"a comparison has 1 to {MaxQuestions} questions"));
        else
            foreach ((int at, CompareQuestionBody? question) in body.Questions.Index())
                Read(question ?? new CompareQuestionBody(), string.Create(CultureInfo.InvariantCulture, $"/questions/{at}"), items, errors);
        return errors.Count == 0
            ? (body, items, null)
            : (null, [], JsonBody.Bad(context, "The body has something in it that does not belong there.", errors));
    }

    private static void Read(CompareQuestionBody question, string place, List<CompareItem> items, List<ApiProblemError> errors)
    {
        int before = errors.Count;
        errors.AddRange(Unknown(question.Others?.Keys, place, "a question"));
        string text = question.Name ?? "";
        Span<byte> name = stackalloc byte[WireName.MaxLength];
        if (!NameText.TryRead(text, name, out int length, out string? error)) errors.Add(new ApiProblemError($"{place}/name", error));
        RecordType type = RecordType.A;
        if (question.Type is { } word && !RecordTypeText.TryRead(word, out type))
            errors.Add(new ApiProblemError(
                $"{place}/type", $"'{word}' is no record type: a mnemonic such as AAAA, TYPE65, or a number from 1 to 65535"));
        if (question is { Ns: not null, Pod: not null })
            errors.Add(new ApiProblemError($"{place}/ns", "a pod names its namespace itself, as in namespace/name"));
        if (question.Pod is { } pod && pod.Split('/') is not [{ Length: > 0 }, { Length: > 0 }])
            errors.Add(new ApiProblemError($"{place}/pod", "a namespace and a pod, as in namespace/name"));
        if (question.Ns is { } space && (space.Length == 0 || space.Contains('/')))
            errors.Add(new ApiProblemError($"{place}/ns", "a namespace"));
        if (errors.Count == before)
            items.Add(new CompareItem(name[..length].ToArray(), type, NamedQuestion.EndsInDot(text), question.Pod ?? question.Ns));
    }

    private static IEnumerable<ApiProblemError> Unknown(IEnumerable<string>? members, string place, string what) =>
        (members ?? []).Select(member => new ApiProblemError($"{place}/{JsonBody.Escape(member)}", $"{what} has no member '{member}'"));
}
