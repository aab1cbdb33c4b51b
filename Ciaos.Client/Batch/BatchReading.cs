using System.Buffers;
using System.Text;
using Ciaos.Client.Http;

namespace Ciaos.Client.Batch;

/// <summary>
/// One request's worth of a batch get. What has not come when the connection breaks is asked for anew, so that every
/// key is answered exactly once.
/// </summary>
internal sealed class BatchReading(
    Transport transport, string[] keys, long firstIndex, bool isOrdered, CancellationToken cancellation) : IDisposable
{
    private readonly bool[] _came = new bool[keys.Length];
    private int[] _asked = [];
    private FrameStream? _frames;
    private int _failures;

    /// <summary>Null: all have come.</summary>
    public async ValueTask<BatchItem?> NextAsync()
    {
        while (true)
        {
            try
            {
                var item = await ReadAsync().ConfigureAwait(false);
                _failures = 0;
                _frames!.Suspend();
                return item;
            }
            catch (InvalidDataException error)
            {
                throw new CiaosException(
                    CiaosError.BrokenTransfer, error.Message, requestId: _frames?.RequestId, cause: error);
            }
            catch (Exception error) when (Transport.IsTransportFailure(error, cancellation))
            {
                Dispose();
                if (_failures >= transport.Options.Retries) throw transport.Explain(null, error);
            }

            await transport.PauseAsync(_failures++, null, cancellation).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _frames?.Dispose();
        _frames = null;
    }

    private async ValueTask<BatchItem?> ReadAsync()
    {
        if (_frames is null)
        {
            _asked = [.. Enumerable.Range(0, keys.Length).Where(index => !_came[index])];
            _frames = await FrameStream.OpenAsync(
                transport, _asked.Select(index => keys[index]), isOrdered, cancellation).ConfigureAwait(false);
        }

        _frames.Resume();
        var frame = await _frames.ReadFrameAsync().ConfigureAwait(false);
        if (frame.Kind == Frame.KindEnd)
        {
            if (frame.Third != _asked.Length || Array.IndexOf(_came, false) >= 0)
                throw new InvalidDataException($"{_asked.Length} keys were asked for, {frame.Third} frames came");
            return null;
        }

        if (frame.Third >= _asked.Length || _came[_asked[frame.Third]])
            throw new InvalidDataException($"A frame of key {frame.Third} came that nobody asked for");
        if (frame.Second != 200 && frame.FileCount != 0)
            throw new InvalidDataException($"A frame of status {frame.Second} came with {frame.FileCount} files");
        var which = _asked[frame.Third];
        var item = await ReadItemAsync(_frames, frame, keys[which], firstIndex + which).ConfigureAwait(false);
        _came[which] = true;
        return item;
    }

    private async ValueTask<BatchItem> ReadItemAsync(FrameStream frames, Frame frame, string key, long index)
    {
        var limit = transport.Options.MaxBatchItemBytes;
        if (frame.BodyBytes > limit || frame.FileCount > limit / Frame.LengthBytes)
        {
            await frames.SkipAsync(frame.BodyBytes + (frame.FileCount * Frame.LengthBytes)).ConfigureAwait(false);
            var error = new CiaosException(
                CiaosError.TooLarge, $"The object has {frame.BodyBytes} bytes, {limit} are read by a batch", key);
            return new BatchItem(index, key, frame.Second, [], null, error);
        }

        var isFound = frame.Second == 200;
        var lengths = isFound ? await frames.ReadLengthsAsync(frame).ConfigureAwait(false) : [];
        var buffer = frame.BodyBytes == 0 ? [] : ArrayPool<byte>.Shared.Rent((int)frame.BodyBytes);
        try
        {
            await frames.ReadExactlyAsync(buffer.AsMemory(0, (int)frame.BodyBytes)).ConfigureAwait(false);
        }
        catch
        {
            if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }

        if (isFound) return new BatchItem(index, key, 200, Cut(buffer, lengths), buffer, null);
        var text = Encoding.UTF8.GetString(buffer, 0, (int)frame.BodyBytes);
        var item = new BatchItem(
            index, key, frame.Second, [], buffer, Refusals.Make(frame.Second, text, key, frames.RequestId));
        item.Dispose();
        return item;
    }

    private static ReadOnlyMemory<byte>[] Cut(byte[] buffer, long[] lengths)
    {
        var files = new ReadOnlyMemory<byte>[lengths.Length];
        var at = 0;
        for (var i = 0; i < files.Length; i++)
        {
            files[i] = buffer.AsMemory(at, (int)lengths[i]);
            at += (int)lengths[i];
        }

        return files;
    }
}
