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

    private const string MessageAlone = "?dns=";

    /// <summary>Octets of a query that is short enough for <see cref="IsMessageAlone"/>.</summary>
    private const int ShortQuery = 1024;

    private Values _values;
    private uint _given;

    public static string NameOf(DohParameter parameter) => Names[(int)parameter];

    public readonly bool Has(DohParameter parameter) => (_given & (1u << (int)parameter)) != 0;

    /// <summary>The decoded value; empty when not given.</summary>
    public readonly ReadOnlySpan<char> this[DohParameter parameter] => _values[(int)parameter].Span;

    /// <summary>
    /// True for a query of <c>dns=</c> and nothing else, as nearly every GET of a message has it (RFC 8484 4.1): it need not be taken
    /// apart.
    /// </summary>
    /// <param name="message">As it stands there.</param>
    public static bool IsMessageAlone(string? queryString, out ReadOnlySpan<char> message)
    {
        bool begins = queryString is { Length: <= ShortQuery } && queryString.StartsWith(MessageAlone, StringComparison.Ordinal);
        message = begins ? queryString.AsSpan(MessageAlone.Length) : default;
        return begins && !message.ContainsAny("&%+");
    }

    public static DohRefusal? TryRead(string? queryString, out DohParameters parameters)
    {
        parameters = default;
        if (string.IsNullOrEmpty(queryString)) return null;
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
