using KubeDoH.Api.Doh;
using KubeDoH.Api.Inspect;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Views;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Compare;

/// <summary>A question that two servers are asked.</summary>
/// <param name="Document">As it was asked.</param>
/// <param name="Name">The same name in wire form.</param>
/// <param name="From">The namespace, or namespace/pod, that it is seen from; null for none.</param>
/// <param name="Unseen">Why it cannot be seen from there; null where it can.</param>
internal sealed record CompareQuestion(
    ExplainQuestionDocument Document, byte[] Name, RecordType Type, ClientView View, string? From, string? Unseen = null)
{
    /// <summary>Of a request that was read into the query.</summary>
    public static CompareQuestion Of(Query query, ExplainRequest request)
    {
        string? from = request.Pod is { } pod ? $"{pod.Namespace}/{pod.Name}" : request.View.Namespace;
        return new CompareQuestion(
            DocumentOf(query.NameAsAsked, query.Type, request.Absolute), query.NameAsAsked.ToArray(), query.Type, query.View, from);
    }

    /// <summary>Of a list. A namespace or pod that is not there fails this question alone.</summary>
    public static async Task<CompareQuestion> OfAsync(CompareItem item, IClientViews views, CancellationToken cancellationToken)
    {
        DohRefusal? refusal = TrySee(item, views, out ClientView view);
        if (refusal is { AwaitsPods: true })
        {
            await views.AwaitPodsAsync(cancellationToken);
            refusal = TrySee(item, views, out view);
        }

        if (item.Absolute) view = view with { SearchList = [] };
        return new CompareQuestion(DocumentOf(item.Name, item.Type, item.Absolute), item.Name, item.Type, view, item.From, refusal?.Detail);
    }

    private static DohRefusal? TrySee(CompareItem item, IClientViews views, out ClientView view)
    {
        view = ClientView.Absolute;
        if (item.From is not { } from) return null;
        (string space, string? pod) = from.Split('/', 2) is [var first, var second] ? (first, second) : (from, null);
        ViewVerdict verdict = pod is null ? views.TryNamespace(space, out view) : views.TryPod(space, pod, out view);
        return verdict == ViewVerdict.Found ? null : DohRefusal.OfView(verdict, space, pod);
    }

    private static ExplainQuestionDocument DocumentOf(ReadOnlySpan<byte> name, RecordType type, bool absolute) =>
        new(NameText.Write(name), RecordTypeText.Write(type), absolute);
}

/// <summary>A question of a list, read.</summary>
/// <param name="From">As in <see cref="CompareQuestion"/>.</param>
internal sealed record CompareItem(byte[] Name, RecordType Type, bool Absolute, string? From);
