using System.Text;

namespace Ciaos.Storage;

/// <summary>
/// The name of an object within its bucket: 1 to 1,024 bytes of well-formed UTF-8, any character allowed.
/// Keys are ordered by their UTF-8 bytes, as S3 orders them.
/// </summary>
public readonly record struct ObjectKey
{
    public const int MaxBytes = 1024;

    private static readonly UTF8Encoding Strict =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ObjectKey(string value) => Value = value;

    public string Value { get; }

    /// <summary>The key, or the reason why <paramref name="text"/> is none, in words meant for a client.</summary>
    public static bool TryCreate(string text, out ObjectKey key, out string error)
    {
        key = default;
        error = "";
        if (text.Length == 0)
        {
            error = "The key is empty";
            return false;
        }

        try
        {
            var bytes = Strict.GetByteCount(text);
            if (bytes > MaxBytes) error = $"The key has {bytes} bytes, {MaxBytes} are allowed";
        }
        catch (EncoderFallbackException)
        {
            error = "The key is not well-formed Unicode";
        }

        if (error.Length > 0) return false;
        key = new ObjectKey(text);
        return true;
    }

    /// <summary>For keys that were checked before, such as those read back from the index.</summary>
    /// <exception cref="ArgumentException">It is not a key after all.</exception>
    public static ObjectKey Create(string text) =>
        TryCreate(text, out var key, out var error) ? key : throw new ArgumentException(error, nameof(text));

    public byte[] ToUtf8() => Strict.GetBytes(Value);

    public override string ToString() => Value;
}
