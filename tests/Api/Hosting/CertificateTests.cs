using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using KubeDoH.Api.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeDoH.Tests.Api.Hosting;

public sealed class CertificateTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("kubedoh").FullName, "data");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("box.example")]
    public void Made_certificate_is_for_this_machine(string name)
    {
        using X509Certificate2 leaf = Certificates.ReadOrMake(_folder, "box.example", Now).Leaf;
        Assert.True(leaf.MatchesHostname(name));
        Assert.False(leaf.MatchesHostname("other.example"));
    }

    [Fact]
    public void Key_is_readable_by_its_owner_only()
    {
        if (OperatingSystem.IsWindows()) return;
        Certificates.ReadOrMake(_folder, "box.example", Now);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder, Certificates.KeyFileName)));
    }

    [Fact]
    public void Made_certificate_lasts_no_longer_than_every_client_takes()
    {
        using X509Certificate2 leaf = Certificates.ReadOrMake(_folder, "box.example", Now).Leaf;
        Assert.True(leaf.NotAfter - leaf.NotBefore <= TimeSpan.FromDays(825));
        Assert.True(leaf.NotBefore < Now);
    }

    [Fact]
    public void Made_certificate_is_kept()
    {
        ServerCertificate first = Certificates.ReadOrMake(_folder, "box.example", Now);
        ServerCertificate second = Certificates.ReadOrMake(_folder, "box.example", Now.AddDays(700));
        Assert.Equal(first.Fingerprint, second.Fingerprint);
        Assert.True(second is { SelfMade: true, Leaf.HasPrivateKey: true });
    }

    [Theory]
    [InlineData("box.example", 800, false)]
    [InlineData("renamed.example", 0, false)]
    [InlineData("box.example", 0, true)]
    public void Certificate_that_ends_soon_or_is_another_hosts_or_broken_is_made_anew(string hostName, int daysLater, bool broken)
    {
        ServerCertificate first = Certificates.ReadOrMake(_folder, "box.example", Now);
        if (broken) File.WriteAllText(Path.Combine(_folder, Certificates.KeyFileName), "no key");
        ServerCertificate second = Certificates.ReadOrMake(_folder, hostName, Now.AddDays(daysLater));
        Assert.NotEqual(first.Fingerprint, second.Fingerprint);
        Assert.True(second.Leaf.HasPrivateKey);
    }

    [Fact]
    public void Openssl_trusts_it_by_its_file_and_prints_the_same_fingerprint()
    {
        if (!File.Exists("/usr/bin/openssl")) Assert.Skip("openssl is not installed");
        ServerCertificate made = Certificates.ReadOrMake(_folder, "box.example", Now);
        Assert.Equal(
            $"sha256 Fingerprint={made.Fingerprint}", Run("openssl", "x509", "-in", made.Path, "-noout", "-fingerprint", "-sha256"));
        Assert.EndsWith(
            ": OK", Run("openssl", "verify", "-CAfile", made.Path, "-purpose", "sslserver", "-verify_hostname", "localhost", made.Path));
    }

    [Fact]
    public void Configured_files_that_cannot_be_used_are_named()
    {
        ServerCertificate one = Certificates.ReadOrMake(_folder, "box.example", Now);
        string other = Path.Combine(_folder, "other");
        Certificates.ReadOrMake(other, "box.example", Now);
        var listen = new ListenOptions { Certificate = one.Path, CertificateKey = Path.Combine(other, Certificates.KeyFileName) };

        Assert.StartsWith($"the certificate {one.Path} with the key {listen.CertificateKey} cannot be used: ", WhyNot(listen));
        Assert.StartsWith("the certificate /nowhere.pem", WhyNot(new ListenOptions { Certificate = "/nowhere.pem" }));
        Assert.StartsWith("the authorities /nowhere.pem cannot be used: ", WhyNot(new ListenOptions { ClientCa = "/nowhere.pem" }));
        string empty = Path.Combine(_folder, "empty.pem");
        File.WriteAllText(empty, "");
        Assert.Equal($"the authorities {empty} cannot be used: no certificate is in it", WhyNot(new ListenOptions { ClientCa = empty }));
    }

    private string? WhyNot(ListenOptions listen)
    {
        Assert.Null(
            CertificateSource.TryOpen(listen, _folder, TimeProvider.System, NullLogger<CertificateSource>.Instance, out string? error));
        return error;
    }

    private static string Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output.Trim();
    }
}
