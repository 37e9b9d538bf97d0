using KubeDoH.Engine;
using KubeDoH.Engine.Resolution;
using KubeDoH.Engine.Views;
using KubeDoH.Engine.Wire;

namespace KubeDoH.Api.Hosting;

/// <summary>Holds the place of the engine: refuses every name and knows no namespace.</summary>
internal sealed class EngineStandIn : IResolver, IClientViews
{
    private static readonly Answer Refused = LocalAnswers.Failure("none", Rcode.Refused, ExtendedErrorCode.NotAuthoritative, "no source");

    public static EngineStandIn Create(EngineOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new EngineStandIn();
    }

    public IReadOnlyList<string> Sources { get; } = ["none"];

    public ValueTask<Answer> ResolveAsync(Query query, CancellationToken cancellationToken) => new(Refused);

    public ViewVerdict TryNamespace(string name, out ClientView view)
    {
        view = ClientView.Absolute;
        return ViewVerdict.Unknown;
    }
}
