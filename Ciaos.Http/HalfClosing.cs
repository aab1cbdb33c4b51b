using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Ciaos.Http;

/// <summary>
/// Lets a client close its sending side and still get its answers, as TCP and HTTP allow. Kestrel takes the end of what
/// a client sends for the end of the connection: it drops the answer, and refuses a whole body whose end came together
/// with that of the stream. Here the connection lasts until the answers are out, or until sending fails because nobody
/// is there any more, and the end of the stream is told only when all that came before it has been read.
/// </summary>
internal static class HalfClosing
{
    public static void AllowHalfClosing(this ListenOptions listen) => listen.Use(next => connection =>
    {
        connection.ConnectionClosed = CancellationToken.None;
        connection.Transport = new Transport(new LateEnd(connection.Transport.Input), connection.Transport.Output);
        return next(connection);
    });

    private sealed record Transport(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>A reader that tells the end only with an empty buffer, or to a reader that looked at all there is and
    /// wants more.</summary>
    private sealed class LateEnd(PipeReader inner) : PipeReader
    {
        private SequencePosition _end;
        private bool _isEndHidden;
        private bool _isEndDue;

        // One for each request: what waits for its bytes is taken from a pool.
        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
            HideEnd(await inner.ReadAsync(cancellationToken));

        public override bool TryRead(out ReadResult result)
        {
            if (!inner.TryRead(out result)) return false;
            result = HideEnd(result);
            return true;
        }

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            _isEndDue = _isEndHidden && examined.Equals(_end);
            inner.AdvanceTo(consumed, examined);
        }

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        private ReadResult HideEnd(ReadResult result)
        {
            _isEndHidden = result.IsCompleted && !_isEndDue && !result.Buffer.IsEmpty;
            if (!_isEndHidden) return result;
            _end = result.Buffer.End;
            return new ReadResult(result.Buffer, result.IsCanceled, isCompleted: false);
        }
    }
}
