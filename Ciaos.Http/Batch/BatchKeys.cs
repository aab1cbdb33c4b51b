using System.Text;
using System.Text.Json;
using Ciaos.Storage;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.Batch;

/// <summary>The keys of a request in one piece of memory, as UTF-8: a hundred thousand of them as strings would take
/// several times as much for as long as the answer is sent.</summary>
internal sealed class BatchKeys
{
    private readonly List<int> _ends = [];
    private byte[] _text;

    /// <param name="maxTextBytes">What all keys together take at most.</param>
    public BatchKeys(int maxTextBytes) => _text = GC.AllocateUninitializedArray<byte>(maxTextBytes);

    public int Count => _ends.Count;

    /// <summary>Takes the string that the reader stands on.</summary>
    /// <exception cref="RequestRefusedException">It is not well-formed Unicode.</exception>
    public void Add(ref Utf8JsonReader json)
    {
        var start = _ends.Count == 0 ? 0 : _ends[^1];
        try
        {
            _ends.Add(start + json.CopyString(_text.AsSpan(start)));
        }
        catch (InvalidOperationException)
        {
            throw new RequestRefusedException(
                StatusCodes.Status400BadRequest, $"Key {Count} of the list is not well-formed Unicode");
        }
    }

    /// <summary>No more keys come: what they have not taken is given back.</summary>
    public void Trim() => Array.Resize(ref _text, _ends.Count == 0 ? 0 : _ends[^1]);

    /// <summary>The key, or why it is none, as a single request would be told.</summary>
    public bool TryGet(int index, out ObjectKey key, out string error)
    {
        var start = index == 0 ? 0 : _ends[index - 1];
        return TryRead(_text.AsSpan(start, _ends[index] - start), out key, out error);
    }

    /// <param name="utf8">Of any length.</param>
    public static bool TryRead(ReadOnlySpan<byte> utf8, out ObjectKey key, out string error)
    {
        key = default;
        if (utf8.Length > ObjectKey.MaxBytes)
            error = $"The key has {utf8.Length} bytes, {ObjectKey.MaxBytes} are allowed";
        else if (utf8.Contains((byte)0))
            error = "The key has a null character";
        else if (!System.Text.Unicode.Utf8.IsValid(utf8))
            error = "The key is not UTF-8";
        else
            return ObjectKey.TryCreate(Encoding.UTF8.GetString(utf8), out key, out error);
        return false;
    }
}
