using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.WebUtilities;

namespace KubeDoH.Api.Doh;

/// <summary>The query parameters that mean something; all others are ignored.</summary>
internal enum DohParameter
{
    Dns,
    Name,
    Type,
    Cd,
    Do,
    Ct,
    EdnsClientSubnet,
    Namespace,
    Search,
    Ndots,
    Pod,
}

/// <summary>
/// The query parameters of one request, read in one pass. None is given twice, except <c>type</c>, whose values are joined by commas.
/// Slices of the request's own string, unless one has escapes.
/// </summary>
internal struct DohParameters
{
    private static readonly string[] Names =
        ["dns", "name", "type", "cd", "do", "ct", "edns_client_subnet", "ns", "search", "ndots", "pod"];

    /// <summary>How the query of nearly every GET of a message begins, and all that is in it (RFC 8484 4.1): such a one is not taken apart.</summary>
    private const string MessageAlone = "?dns=";

    private Values _values;
    private uint _given;

    public static string NameOf(DohParameter parameter) => Names[(int)parameter];

    public readonly bool Has(DohParameter parameter) => (_given & (1u << (int)parameter)) != 0;

    /// <summary>The decoded value; empty when not given.</summary>
    public readonly ReadOnlySpan<char> this[DohParameter parameter] => _values[(int)parameter].Span;

    public static DohRefusal? TryRead(string? queryString, out DohParameters parameters)
    {
        parameters = default;
        if (string.IsNullOrEmpty(queryString)) return null;
        if (queryString.StartsWith(MessageAlone, StringComparison.Ordinal) && !queryString.AsSpan(MessageAlone.Length).ContainsAny("&%+"))
        {
            parameters._given = 1u << (int)DohParameter.Dns;
            parameters._values[(int)DohParameter.Dns] = queryString.AsMemory(MessageAlone.Length);
            return null;
        }

        foreach (QueryStringEnumerable.EncodedNameValuePair pair in new QueryStringEnumerable(queryString))
        {
            int index = IndexOf(pair.DecodeName().Span);
            if (index < 0) continue;
            ReadOnlyMemory<char> value = pair.DecodeValue();
            if (parameters.Has((DohParameter)index))
            {
                if (index != (int)DohParameter.Type) return DohRefusal.Parameter(Names[index], "given more than once");
                value = string.Concat(parameters._values[index].Span, ",", value.Span).AsMemory();
            }

            parameters._given |= 1u << index;
            parameters._values[index] = value;
        }

        return null;
    }

    private static int IndexOf(ReadOnlySpan<char> name)
    {
        for (int i = 0; i < Names.Length; i++)
            if (name.SequenceEqual(Names[i])) return i;
        return -1;
    }

    [InlineArray((int)DohParameter.Pod + 1)]
    private struct Values
    {
        private ReadOnlyMemory<char> _first;
    }
}
