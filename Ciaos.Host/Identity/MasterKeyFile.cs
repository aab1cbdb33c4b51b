using System.Security.Cryptography;
using Ciaos.Actors.Identity;
using Ciaos.Storage.Disks;

namespace Ciaos.Host.Identity;

/// <summary>Where a node's master key comes from: the environment, or else the file <c>identity.key</c> in its data
/// folder, which is made at the first start.</summary>
internal sealed class MasterKeyFile
{
    public const string Variable = "CIAOS_MASTER_KEY";
    public const string FileName = "identity.key";

    private readonly string? _made;

    private MasterKeyFile(MasterKey key, string origin, string? made) => (Key, Origin, _made) = (key, origin, made);

    public MasterKey Key { get; }

    /// <summary>Where it was found, for messages.</summary>
    public string Origin { get; }

    /// <param name="variable">The value of <see cref="Variable"/>, or null.</param>
    /// <exception cref="NodeStartException">What is there is no key, or not a secret one.</exception>
    public static MasterKeyFile Open(IDisk disk, string? variable)
    {
        if (!string.IsNullOrWhiteSpace(variable))
            return new MasterKeyFile(
                Parse(variable, $"The environment variable {Variable}"), $"the environment variable {Variable}", null);
        var path = Path.Combine(disk.Root, FileName);
        try
        {
            if (File.Exists(path)) return Read(path);
            var key = RandomNumberGenerator.GetBytes(MasterKey.SizeBytes);
            SecretFile.Write(disk, FileName, Convert.ToBase64String(key) + "\n");
            return new MasterKeyFile(new MasterKey(key, RandomNumberGenerator.Fill), path, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new NodeStartException($"The master key cannot be used ({path}): {error.Message}", error);
        }
    }

    /// <summary>The key, where there is one: none is made.</summary>
    /// <inheritdoc cref="Open"/>
    public static MasterKey? Find(IDisk disk, string? variable) =>
        !string.IsNullOrWhiteSpace(variable) || File.Exists(Path.Combine(disk.Root, FileName))
            ? Open(disk, variable).Key
            : null;

    /// <summary>What to do where the key is not the right one. A file that was made only now is taken away again, so
    /// that nobody takes it for the real one.</summary>
    public string Reject()
    {
        if (_made is null)
            return $"It was read from {Origin}. Put back the one that this data folder was used with.";
        File.Delete(_made);
        return $"There was no {_made}. Put it back, or give its text in {Variable}.";
    }

    private static MasterKeyFile Read(string path)
    {
        if (SecretFile.IsOpenToOthers(path))
            throw new NodeStartException(
                $"The master key {path} can be read by others: it must be a file of mode 0600 (chmod 600 {path})");
        return new MasterKeyFile(Parse(File.ReadAllText(path), $"The file {path}"), path, null);
    }

    // The text is a secret, so no message may show it.
    private static MasterKey Parse(string text, string what)
    {
        text = text.Trim();
        Span<byte> key = stackalloc byte[MasterKey.SizeBytes];
        var isKey = text.Length == 2 * MasterKey.SizeBytes
            ? Convert.FromHexString(text, key, out _, out var count) == System.Buffers.OperationStatus.Done
            : Convert.TryFromBase64String(text, key, out count);
        return isKey && count == MasterKey.SizeBytes
            ? new MasterKey(key, RandomNumberGenerator.Fill)
            : throw new NodeStartException(
                $"{what} holds no master key: {MasterKey.SizeBytes} bytes are expected, in base64 or hexadecimal "
                + "digits");
    }
}
