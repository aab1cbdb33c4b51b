using System.Buffers;
using Ciaos.Actors.Index;

namespace Ciaos.Actors.AccessLogs;

/// <summary>Lines of one bucket's log on their way to one destination: log objects that are whole, and the one that
/// lines are still added to.</summary>
internal sealed class AccessLogBuffer(BucketProtocol.BucketInfo source, string destination, int maxObjectBytes)
{
    private readonly Queue<AccessLogBatch> _whole = [];
    private readonly ArrayBufferWriter<byte> _open = new();
    private DateTimeOffset _openedAt;
    private int _openLines;

    /// <summary>Until the next log object is written.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>A log object is being written.</summary>
    public bool IsDelivering { get; set; }

    /// <summary>The next one could not be written: it waits until it is due again.</summary>
    public bool HasFailed { get; set; }

    public bool IsEmpty => _whole.Count == 0 && _openLines == 0;

    public bool HasWhole => _whole.Count > 0;

    /// <summary>The next one to be written.</summary>
    public AccessLogBatch First => _whole.Peek();

    public void Add(DateTimeOffset at, ReadOnlySpan<byte> line)
    {
        if (_openLines > 0
            && (_openedAt.UtcDateTime.Date != at.UtcDateTime.Date || _open.WrittenCount + line.Length > maxObjectBytes))
            CloseOpen();
        if (_openLines == 0) _openedAt = at;
        _open.Write(line);
        _openLines++;
    }

    /// <summary>What has come so far becomes a whole log object.</summary>
    public void CloseOpen()
    {
        if (_openLines == 0) return;
        _whole.Enqueue(new AccessLogBatch(source, destination, _openedAt, _open.WrittenSpan.ToArray(), _openLines));
        _open.ResetWrittenCount();
        _openLines = 0;
    }

    public AccessLogBatch TakeFirst() => _whole.Dequeue();
}
