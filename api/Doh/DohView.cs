using System.Globalization;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Views;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Doh;

/// <summary>From where the path of a request says that its question is seen: a namespace, a pod of it, or nowhere.</summary>
internal readonly record struct DohPath(string? Namespace = null, string? Pod = null);

/// <summary>
/// From where the caller wants its question seen: <c>ns</c> or <c>pod</c> (or the path), <c>search</c> (0: no search list; 1: the
/// view's own, as without it; or a comma list of suffixes) and <c>ndots</c>.
/// </summary>
internal static class DohView
{
    /// <summary>As many suffixes as the kubelet allows a pod (MaxDNSSearchPaths).</summary>
    private const int MaxSuffixes = 32;

    /// <summary>Null, and the view in <paramref name="view"/>, or why not.</summary>
    public static DohRefusal? TrySelect(IClientViews views, in DohPath path, in DohParameters parameters, out ClientView view)
    {
        view = ClientView.Absolute;
        DohRefusal? refusal = TryFind(views, path, parameters, ref view);
        if (refusal is not null) return refusal;
        return parameters.Has(DohParameter.Search) || parameters.Has(DohParameter.Ndots) ? TryAdjust(parameters, ref view) : null;
    }

    private static DohRefusal? TryFind(IClientViews views, in DohPath path, in DohParameters parameters, ref ClientView view)
    {
        bool hasNamespace = parameters.Has(DohParameter.Namespace), hasPod = parameters.Has(DohParameter.Pod);
        if (path.Namespace is { } inPath)
        {
            if (hasNamespace || hasPod) return DohRefusal.Parameter(hasPod ? "pod" : "ns", "the path says already from where it is seen");
            return path.Pod is { } podInPath ? TryPod(views, inPath, podInPath, ref view) : TryNamespace(views, inPath, ref view);
        }

        if (hasNamespace && hasPod)
            return DohRefusal.Parameter("pod", "names its namespace itself, as in pod=namespace/name; ns= is one too many");
        if (hasNamespace) return TryNamespace(views, parameters[DohParameter.Namespace].ToString(), ref view);
        if (!hasPod) return null;
        ReadOnlySpan<char> named = parameters[DohParameter.Pod];
        int slash = named.IndexOf('/');
        return slash > 0 && slash < named.Length - 1
            ? TryPod(views, named[..slash].ToString(), named[(slash + 1)..].ToString(), ref view)
            : DohRefusal.Parameter("pod", "a namespace and a pod, as in pod=namespace/name");
    }

    private static DohRefusal? TryNamespace(IClientViews views, string name, ref ClientView view)
    {
        ViewVerdict verdict = views.TryNamespace(name, out ClientView found);
        view = found;
        return verdict == ViewVerdict.Found ? null : DohRefusal.OfView(verdict, name, null);
    }

    private static DohRefusal? TryPod(IClientViews views, string @namespace, string name, ref ClientView view)
    {
        ViewVerdict verdict = views.TryPod(@namespace, name, out ClientView found);
        view = found;
        return verdict == ViewVerdict.Found ? null : DohRefusal.OfView(verdict, @namespace, name);
    }

    private static DohRefusal? TryAdjust(in DohParameters parameters, ref ClientView view)
    {
        IReadOnlyList<DnsName> searchList = view.SearchList;
        int ndots = view.Ndots;
        if (parameters.Has(DohParameter.Search) && TrySearch(parameters[DohParameter.Search], ref searchList) is { } refusal)
            return refusal;
        if (parameters.Has(DohParameter.Ndots)
            && (!int.TryParse(parameters[DohParameter.Ndots], NumberStyles.None, CultureInfo.InvariantCulture, out ndots)
                || ndots > ClientView.MaxNdots))
            return DohRefusal.Parameter("ndots", $"a number from 0 to {ClientView.MaxNdots}");
        view = view with { SearchList = searchList, Ndots = ndots };
        return null;
    }

    private static DohRefusal? TrySearch(ReadOnlySpan<char> text, ref IReadOnlyList<DnsName> searchList)
    {
        switch (text)
        {
            case "0":
                searchList = [];
                return null;
            case "1":
                return searchList.Count > 0
                    ? null
                    : DohRefusal.Parameter("search", "1 means a namespace's or pod's own list: name one with ns= or pod=");
        }

        var suffixes = new List<DnsName>();
        foreach (Range range in text.Split(','))
        {
            ReadOnlySpan<char> word = text[range].Trim();
            if (!DnsName.TryParse(word, out DnsName suffix, out string? error))
                return DohRefusal.Parameter("search", $"0, 1 or a comma list of suffixes; '{word}': {error}");
            suffixes.Add(suffix);
        }

        if (suffixes.Count > MaxSuffixes) return DohRefusal.Parameter("search", $"at most {MaxSuffixes} suffixes");
        searchList = suffixes;
        return null;
    }
}
