using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;

namespace KubeDoH.Api.Hosting.Logging;

/// <summary>Options that stay as they are, whatever their name.</summary>
internal sealed class FixedOptions<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] T>(T value)
    : IOptionsMonitor<T>
{
    public T CurrentValue => value;

    public T Get(string? name) => value;

    public IDisposable? OnChange(Action<T, string?> listener) => null;
}
