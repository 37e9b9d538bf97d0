using System.Globalization;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Views;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Doh;

/// <summary>
/// From where the caller wants its question seen: <c>ns</c> (or the path), <c>search</c> (0: no search list; 1: the namespace's
/// own, as without it; or a comma list of suffixes) and <c>ndots</c>.
/// </summary>
internal static class DohView
{
    /// <summary>As many suffixes as the kubelet allows a pod (MaxDNSSearchPaths).</summary>
    private const int MaxSuffixes = 32;

    /// <summary>Null, and the view in <paramref name="view"/>, or why not.</summary>
    public static DohRefusal? TrySelect(IClientViews views, string? pathNamespace, in DohParameters parameters, out ClientView view)
    {
        view = ClientView.Absolute;
        if (parameters.Has(DohParameter.Pod)) return DohRefusal.Parameter("pod", "not offered yet; ns= names a namespace");
        if (pathNamespace is not null && parameters.Has(DohParameter.Namespace))
            return DohRefusal.Parameter("ns", "the path names a namespace already");
        string? name = pathNamespace ?? (parameters.Has(DohParameter.Namespace) ? parameters[DohParameter.Namespace].ToString() : null);
        if (name is not null)
        {
            switch (views.TryNamespace(name, out ClientView found))
            {
                case ViewVerdict.Unknown: return DohRefusal.UnknownNamespace(name);
                case ViewVerdict.NotSynced: return DohRefusal.NotSynced();
            }

            view = found;
        }

        return parameters.Has(DohParameter.Search) || parameters.Has(DohParameter.Ndots) ? TryAdjust(parameters, ref view) : null;
    }

    private static DohRefusal? TryAdjust(in DohParameters parameters, ref ClientView view)
    {
        IReadOnlyList<DnsName> searchList = view.SearchList;
        int ndots = view.Ndots;
        if (parameters.Has(DohParameter.Search) && TrySearch(parameters[DohParameter.Search], ref searchList) is { } refusal) return refusal;
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
                return searchList.Count > 0 ? null : DohRefusal.Parameter("search", "1 means a namespace's own list: name one with ns=");
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
