using System.Security.Cryptography;
using System.Text;
using Ciaos.Actors.Identity;
using Ciaos.Host;
using Ciaos.Host.Identity;
using Ciaos.Host.Settings;
using Ciaos.Storage.Disks;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Ciaos.Specs.Host;

/// <summary>The files in which a node keeps its master key and root's first access key.</summary>
public sealed class IdentityFilesSpec : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ciaos-keys-").FullName;
    private readonly PhysicalDisk _disk;

    public IdentityFilesSpec() => _disk = PhysicalDisk.WithoutLock(_folder);

    private string KeyPath => Path.Combine(_folder, MasterKeyFile.FileName);

    public void Dispose()
    {
        _disk.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void The_first_start_makes_a_key_that_only_its_owner_may_read()
    {
        var made = MasterKeyFile.Open(_disk, null);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyPath));
        var again = MasterKeyFile.Open(_disk, null);
        Assert.Equal("secret"u8.ToArray(), again.Key.Unwrap(made.Key.Wrap("secret"u8, "here"u8), "here"u8));
    }

    [Fact]
    public void The_environment_may_tell_the_key_in_base64_or_in_hexadecimal_digits()
    {
        var key = RandomNumberGenerator.GetBytes(MasterKey.SizeBytes);
        var one = MasterKeyFile.Open(_disk, Convert.ToBase64String(key));
        var other = MasterKeyFile.Open(_disk, " " + Convert.ToHexString(key) + "\n");
        Assert.Equal("secret"u8.ToArray(), other.Key.Unwrap(one.Key.Wrap("secret"u8, ""u8), ""u8));
        Assert.False(File.Exists(KeyPath));
    }

    [Theory]
    [InlineData("short")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("zz00000000000000000000000000000000000000000000000000000000000000")]
    public void What_is_no_key_is_refused_without_being_told(string text)
    {
        var refused = Assert.Throws<NodeStartException>(() => MasterKeyFile.Open(_disk, text));
        Assert.Contains("CIAOS_MASTER_KEY", refused.Message);
        Assert.DoesNotContain(text, refused.Message);
        SecretFile.Write(_disk, MasterKeyFile.FileName, text);
        Assert.Contains(KeyPath, Assert.Throws<NodeStartException>(() => MasterKeyFile.Open(_disk, null)).Message);
    }

    [Fact]
    public void A_key_that_others_can_read_is_refused()
    {
        if (OperatingSystem.IsWindows()) return;
        MasterKeyFile.Open(_disk, null);
        File.SetUnixFileMode(KeyPath, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Contains("chmod 600", Assert.Throws<NodeStartException>(() => MasterKeyFile.Open(_disk, null)).Message);
    }

    [Fact]
    public void Roots_first_key_is_found_where_it_was_left()
    {
        Assert.Null(RootCredentials.Read(_folder));
        RootCredentials.Write(_disk, new AccessKey("ID", "sec=ret", "root", true, default, null, null, null));
        Assert.Equal(("ID", "sec=ret"), RootCredentials.Read(_folder));
        var path = Path.Combine(_folder, RootCredentials.FileName);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public async Task A_node_without_its_master_key_does_not_start_and_makes_no_other()
    {
        await using (var node = await StartAsync()) Assert.NotNull(node.NewRootKey);
        var key = await File.ReadAllTextAsync(KeyPath, Encoding.UTF8);
        File.Delete(KeyPath);
        var refused = await Assert.ThrowsAsync<NodeStartException>(StartAsync);
        Assert.Contains(MasterKeyFile.FileName, refused.Message);
        Assert.False(File.Exists(KeyPath));
        SecretFile.Write(_disk, MasterKeyFile.FileName, key);
        await using (var node = await StartAsync()) Assert.Null(node.NewRootKey);
    }

    private Task<Node> StartAsync() => Node.StartAsync(
        NodeConfig.Load(null, [], [$"ciaos.data={_folder}", "ciaos.http.port=0", "ciaos.s3.enabled=off"]),
        NullLoggerFactory.Instance,
        TimeProvider.System,
        CancellationToken.None);
}
