using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Doh;

/// <summary>Kinds of answers, as CoreDNS's log tells them apart.</summary>
internal enum ResponseClass
{
    All,

    /// <summary>There are records.</summary>
    Success,

    /// <summary>The name or the type does not exist.</summary>
    Denial,

    /// <summary>Anything else: SERVFAIL, REFUSED and their kin.</summary>
    Error,
}

/// <summary>The section <c>QueryLog</c>: off unless a zone is named.</summary>
internal sealed class QueryLogOptions
{
    /// <summary>Zone to the classes of answers that are logged: the longest zone that a name is in decides.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<ResponseClass>> Zones { get; set; } =
        new Dictionary<string, IReadOnlyList<ResponseClass>>();

    /// <summary>One of so many is logged.</summary>
    public int Sample { get; set; } = 1;

    /// <summary>With the address of who asked.</summary>
    public bool Clients { get; set; }

    public static ResponseClass ClassOf(Answer answer) => answer.Rcode switch
    {
        Rcode.NoError when answer.AnswerCount > 0 => ResponseClass.Success,
        Rcode.NoError or Rcode.NxDomain => ResponseClass.Denial,
        _ => ResponseClass.Error,
    };
}
