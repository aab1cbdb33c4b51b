using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3.Bodies;

/// <summary>
/// The body of a request as its handler reads it: without the framing of aws-chunked, and checked. A read reports the
/// end only once every signature and digest was right, so that nothing can be stored that was altered: otherwise the
/// read throws. Bytes are passed on in the buffers of the server, and each is hashed once, when it is seen first.
/// </summary>
/// <param name="length">The exact length; null where the client did not tell it.</param>
internal sealed class S3Body(PipeReader source, long? length, BodyLimits limits, BodyHasher hasher)
    : PipeReader, IDisposable
{
    private ReadOnlySequence<byte> _buffer;
    private long _hashedAheadBytes;
    private long _receivedBytes;
    private S3Digests? _digests;
    private S3Exception? _failure;

    /// <summary>Of the decoded body; null where the client did not tell it.</summary>
    public long? Length => length;

    /// <summary>What the body was found to be.</summary>
    /// <exception cref="InvalidOperationException">It was not read to its end.</exception>
    public S3Digests Digests => _digests ?? throw new InvalidOperationException("The body was not read to its end");

    /// <exception cref="S3Exception">The body is not what its client said, or broke off.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (_failure is not null) throw _failure;
        try
        {
            var read = await source.ReadAsync(cancellationToken);
            Take(read);
            return read;
        }
        catch (Exception failure)
        {
            _failure = Translate(failure);
            if (_failure is null || _failure == failure) throw;
            throw _failure;
        }
    }

    public override bool TryRead(out ReadResult result)
    {
        if (_failure is not null) throw _failure;
        try
        {
            if (!source.TryRead(out result)) return false;
            Take(result);
            return true;
        }
        catch (Exception failure)
        {
            _failure = Translate(failure);
            if (_failure is null || _failure == failure) throw;
            throw _failure;
        }
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (!_buffer.IsEmpty) _hashedAheadBytes -= _buffer.Slice(_buffer.Start, consumed).Length;

        // From here on the memory may serve the next read.
        _buffer = default;
        source.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => source.CancelPendingRead();

    public override void Complete(Exception? exception = null) => source.Complete(exception);

    public void Dispose()
    {
        hasher.Dispose();
        (source as IDisposable)?.Dispose();
    }

    // After a failure there is no reading on: what comes next could look like a body that is whole.
    private static S3Exception? Translate(Exception failure) => failure switch
    {
        S3Exception known => known,
        BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest } =>
            new S3Exception(S3Error.IncompleteBody),
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } =>
            new S3Exception(S3Error.RequestTimeout),
        _ => null,
    };

    private void Take(ReadResult read)
    {
        try
        {
            var fresh = read.Buffer.Slice(_hashedAheadBytes);
            _receivedBytes += fresh.Length;
            limits.CheckReceived(_receivedBytes);
            if (!read.IsCompleted || _digests is not null)
            {
                hasher.Append(fresh);
            }
            else
            {
                if (_receivedBytes < length) throw new S3Exception(S3Error.IncompleteBody);
                limits.CheckWhole(_receivedBytes);
                _digests = hasher.Finish(fresh, _receivedBytes, (source as AwsChunkedReader)?.TrailerChecksum);
            }
        }
        catch
        {
            // The server must be able to read on: it looks for the next request behind this body.
            source.AdvanceTo(read.Buffer.End);
            throw;
        }

        _hashedAheadBytes = read.Buffer.Length;
        _buffer = read.Buffer;
    }
}

/// <summary>How long a body may be, in bytes.</summary>
internal readonly record struct BodyLimits(long MinBytes, long MaxBytes)
{
    public void CheckReceived(long bytes)
    {
        if (bytes <= MaxBytes) return;
        throw new S3Exception(S3Error.EntityTooLarge)
        {
            Details = [new("MaxSizeAllowed", $"{MaxBytes}"), new("ProposedSize", $"{bytes}")],
        };
    }

    public void CheckWhole(long bytes)
    {
        CheckReceived(bytes);
        if (bytes >= MinBytes) return;
        throw new S3Exception(S3Error.EntityTooSmall)
        {
            Details = [new("MinSizeAllowed", $"{MinBytes}"), new("ProposedSize", $"{bytes}")],
        };
    }
}
