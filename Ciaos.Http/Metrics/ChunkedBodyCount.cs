using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Ciaos.Http.Metrics;

/// <summary>Counts the bytes of a request's body that has not told its length: as many as are read of it.</summary>
internal sealed class ChunkedBodyCount(PipeReader inner, RequestWatch watch) : PipeReader, IRequestBodyPipeFeature
{
    private ReadResult _last;

    public PipeReader Reader => this;

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        _last = await inner.ReadAsync(cancellationToken);

    public override bool TryRead(out ReadResult result)
    {
        if (!inner.TryRead(out result)) return false;
        _last = result;
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        watch.AddRequestBytes(_last.Buffer.Slice(0, consumed).Length);
        _last = default;
        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);
}
