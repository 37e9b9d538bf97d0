namespace KubeDoH.Tests.Abuse;

/// <summary><c>KUBEDOH_LONG=1</c> asks for the attacks at length: more connections, more ways in, more time.</summary>
internal static class LongForm
{
    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("KUBEDOH_LONG") == "1";
}
