namespace KubeDoH.Tests.Fakes.ApiServer;

/// <summary>The script: faults for requests and for events of watches, each once or always. What is scripted first comes first.</summary>
internal sealed class ApiFaults
{
    private readonly Lock _gate = new();
    private readonly List<Rule> _requests = [];
    private readonly List<Rule> _events = [];

    /// <summary>At the next request like this one (null: any).</summary>
    public void Next(ApiFault fault, string? verb = null, ApiResource? resource = null) =>
        Add(_requests, new Rule(fault, verb, resource, Once: true));

    /// <summary>At every request like this one, until <see cref="Clear"/>.</summary>
    public void Always(ApiFault fault, string? verb = null, ApiResource? resource = null) =>
        Add(_requests, new Rule(fault, verb, resource, Once: false));

    /// <summary>At the next event that a watch of this kind (null: any) is about to send.</summary>
    public void NextEvent(ApiFault fault, ApiResource? resource = null) => Add(_events, new Rule(fault, null, resource, Once: true));

    /// <summary>From now on all goes well.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _requests.Clear();
            _events.Clear();
        }
    }

    public ApiFault AtRequest(ApiRequest request) => Take(_requests, request);

    public ApiFault AtEvent(ApiRequest request) => Take(_events, request);

    private void Add(List<Rule> rules, Rule rule)
    {
        lock (_gate) rules.Add(rule);
    }

    private ApiFault Take(List<Rule> rules, ApiRequest request)
    {
        lock (_gate)
        {
            int at = rules.FindIndex(rule => request.Is(rule.Verb, rule.Resource));
            if (at < 0) return ApiFault.None;
            Rule found = rules[at];
            if (found.Once) rules.RemoveAt(at);
            return found.Fault;
        }
    }

    private sealed record Rule(ApiFault Fault, string? Verb, ApiResource? Resource, bool Once);
}
