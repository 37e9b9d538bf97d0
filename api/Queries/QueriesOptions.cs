namespace KubeDoH.Api.Queries;

/// <summary>The section <c>Queries</c>: whether operators may see what is asked.</summary>
internal sealed class QueriesOptions
{
    /// <summary>False where names are private: nobody listens, and nothing is counted by name.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Names are counted for the summary.</summary>
    public bool Summary { get; set; } = true;

    /// <summary>Events have the address of who asked.</summary>
    public bool Clients { get; set; }
}
