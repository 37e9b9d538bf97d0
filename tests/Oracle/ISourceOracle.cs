namespace KubeDoH.Tests.Oracle;

/// <summary>One source of the chain, done naively.</summary>
internal interface ISourceOracle
{
    /// <summary>Null: not mine.</summary>
    OracleAnswer? Find(string name, string type, OracleView? view);

    /// <summary>
    /// True when the source would answer for some name below this one: an NXDOMAIN from further down would deny it (RFC 8020).
    /// </summary>
    bool HasNameBelow(string name, OracleView? view) => false;
}
