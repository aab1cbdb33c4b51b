using System.Globalization;
using System.Runtime.Serialization;
using System.Text;
using Ciaos.Storage;
using Ciaos.Storage.Disks;
using static Ciaos.Actors.Identity.IdentityEvents;

namespace Ciaos.Actors.Identity;

/// <summary>
/// The events of identities once more, beside the journal, as index events are in volumes: where the journal is lost,
/// they are taken from here. The journal is the truth; this file follows it. Spec: docs/identity.md.
/// <code>
/// line   CRC-32C of the rest (8 hexadecimal digits) number manifest payload, parted by spaces, and a line feed
/// </code>
/// For one actor's use. After a failed write the handle is given up, and the same place is written anew.
/// </summary>
internal sealed class IdentityLog(IDisk disk)
{
    public const string FileName = "identity.log";

    private const int CrcDigits = 8;

    private readonly List<byte[]> _pending = [];
    private IDiskFile? _file;
    private long _lengthBytes;
    private int _count;

    /// <summary>Events 1 to this one are in the file, or wait to be written into it.</summary>
    public int Count => _count + _pending.Count;

    public bool HasPending => _pending.Count > 0;

    /// <summary>Reads what is there. What follows upon a line that is torn or damaged is not believed.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public List<IIdentityEvent> Read()
    {
        var events = new List<IIdentityEvent>();
        if (!disk.Exists(FileName)) return events;
        using var file = disk.Open(FileName, DiskAccess.Read);
        var bytes = new byte[file.LengthBytes];
        var rest = bytes.AsSpan(0, file.Read(0, bytes));
        for (var end = rest.IndexOf((byte)'\n'); end >= 0; end = rest.IndexOf((byte)'\n'))
        {
            if (!TryDecode(rest[..end], events.Count + 1, out var message)) break;
            events.Add(message);
            _lengthBytes += end + 1;
            rest = rest[(end + 1)..];
        }

        _count = events.Count;
        return events;
    }

    /// <summary>Has it written by the next <see cref="Flush"/>.</summary>
    public void Add(IIdentityEvent message) => _pending.Add(Encode(Count + 1, message));

    /// <summary>Returns when all that was added is durable.</summary>
    /// <exception cref="IOException">It is not; it may be tried again.</exception>
    public void Flush()
    {
        if (_pending.Count == 0) return;
        try
        {
            _file ??= Open();
            _file.Write(_lengthBytes, [.. _pending.Select(line => (ReadOnlyMemory<byte>)line)]);
            _file.Flush();
        }
        catch (IOException)
        {
            Close();
            throw;
        }

        _lengthBytes += _pending.Sum(line => (long)line.Length);
        _count += _pending.Count;
        _pending.Clear();
    }

    public void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    internal static byte[] Encode(int number, IIdentityEvent message)
    {
        var text = Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{number} {IdentityEventCodec.ManifestOf(message)} "));
        byte[] line = [.. text, .. IdentityEventCodec.Encode(message)];
        var crc = Crc32C.Compute(line).ToString("x8", CultureInfo.InvariantCulture);
        return [.. Encoding.ASCII.GetBytes(crc), (byte)' ', .. line, (byte)'\n'];
    }

    // What lies behind the last whole line was never acknowledged, or is damaged: the journal has it, so it is cut off.
    private IDiskFile Open()
    {
        var isNew = !disk.Exists(FileName);
        var file = isNew ? disk.Create(FileName) : disk.Open(FileName, DiskAccess.ReadWrite);
        try
        {
            file.SetLength(_lengthBytes);
            file.Rewrite(0, _lengthBytes);
            if (isNew) disk.SyncFolder("");
            return file;
        }
        catch (IOException)
        {
            file.Dispose();
            throw;
        }
    }

    private static bool TryDecode(ReadOnlySpan<byte> line, int number, out IIdentityEvent message)
    {
        message = null!;
        if (line.Length <= CrcDigits || line[CrcDigits] != ' ') return false;
        var content = line[(CrcDigits + 1)..];
        if (!uint.TryParse(
            line[..CrcDigits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var crc)
            || crc != Crc32C.Compute(content)) return false;
        var head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{number} "));
        if (!content.StartsWith(head)) return false;
        content = content[head.Length..];
        var space = content.IndexOf((byte)' ');
        if (space < 0) return false;
        try
        {
            message = IdentityEventCodec.Decode(Encoding.ASCII.GetString(content[..space]), content[(space + 1)..]);
            return true;
        }
        catch (SerializationException)
        {
            return false;
        }
    }
}
