namespace Ciaos.Host.Client;

/// <summary>Counts what has been moved. Used by several workers at once.</summary>
internal sealed class TransferMeter
{
    private long _bytes;
    private long _files;
    private long _totalBytes;
    private long _totalFiles;

    public long Bytes => Volatile.Read(ref _bytes);

    public long Files => Volatile.Read(ref _files);

    /// <summary>As far as it is known yet; 0: not at all.</summary>
    public long TotalBytes => Volatile.Read(ref _totalBytes);

    public long TotalFiles => Volatile.Read(ref _totalFiles);

    public void Expect(long bytes)
    {
        Interlocked.Add(ref _totalBytes, bytes);
        Interlocked.Increment(ref _totalFiles);
    }

    public void FileDone() => Interlocked.Increment(ref _files);

    /// <summary>A listener of one transfer, which is told how far that has come.</summary>
    public IProgress<long> OfOne() => new Share(this);

    /// <summary>A transfer that begins anew after a failure goes back to where it then is.</summary>
    private sealed class Share(TransferMeter meter) : IProgress<long>
    {
        private long _last;

        public void Report(long value) =>
            Interlocked.Add(ref meter._bytes, value - Interlocked.Exchange(ref _last, value));
    }
}
