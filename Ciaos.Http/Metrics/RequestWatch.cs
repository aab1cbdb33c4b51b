using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Ciaos.Http.Metrics;

/// <summary>
/// What is noted of one request while it is answered. It stands before the body of the answer, to count its bytes and
/// to see when the first of them is there: what an answer announces says neither, where it is cut short or has no
/// length.
/// </summary>
internal sealed class RequestWatch : PipeWriter, IHttpResponseBodyFeature
{
    /// <summary>The operation of requests that mean none.</summary>
    public const string Other = "other";

    private readonly IHttpResponseBodyFeature _inner;
    private readonly PipeWriter _writer;
    private readonly TimeProvider _time;
    private readonly bool _hasNoBody;
    private Stream? _stream;

    private RequestWatch(IHttpResponseBodyFeature inner, HttpRequest request, TimeProvider time)
    {
        (_inner, _writer, _time) = (inner, inner.Writer, time);
        (StartedAt, RequestBytes) = (time.GetTimestamp(), request.ContentLength ?? 0);
        _hasNoBody = HttpMethods.IsHead(request.Method);
    }

    /// <summary>A name out of few: a label of metrics.</summary>
    public string Operation { get; set; } = Other;

    /// <summary>Empty: it is not known whose request it is.</summary>
    public string User { get; set; } = "";

    /// <summary>What it is about, with the text that logs tell; empty: no key.</summary>
    public object Key { get; set; } = "";

    /// <summary>What the status of the answer does not tell, above all where it had begun already.</summary>
    public RequestError Error { get; set; }

    public long StartedAt { get; }

    /// <summary>When the body of the answer began; 0: it has none.</summary>
    public long BodyAt { get; private set; }

    public long RequestBytes { get; private set; }

    public long ResponseBytes { get; private set; }

    public Stream Stream => _stream ??= AsStream(leaveOpen: true);

    public PipeWriter Writer => this;

    public override bool CanGetUnflushedBytes => _writer.CanGetUnflushedBytes;

    public override long UnflushedBytes => _writer.UnflushedBytes;

    /// <summary>Begins to watch.</summary>
    public static RequestWatch Begin(HttpContext context, TimeProvider time)
    {
        var watch = new RequestWatch(
            context.Features.GetRequiredFeature<IHttpResponseBodyFeature>(), context.Request, time);
        context.Features.Set<IHttpResponseBodyFeature>(watch);
        if (context.Request.ContentLength is null && context.Request.Headers.TransferEncoding.Count > 0)
            context.Features.Set<IRequestBodyPipeFeature>(new ChunkedBodyCount(context.Request.BodyReader, watch));
        return watch;
    }

    /// <summary>Null: nobody watches.</summary>
    public static RequestWatch? Of(HttpContext context) =>
        context.Features.Get<IHttpResponseBodyFeature>() as RequestWatch;

    /// <summary>So much was read of a body that had not told its length.</summary>
    public void AddRequestBytes(long count) => RequestBytes += count;

    public override Memory<byte> GetMemory(int sizeHint = 0) => _writer.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _writer.GetSpan(sizeHint);

    public override void Advance(int bytes)
    {
        Count(bytes);
        _writer.Advance(bytes);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        _writer.FlushAsync(cancellationToken);

    public override ValueTask<FlushResult> WriteAsync(
        ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        Count(source.Length);
        return _writer.WriteAsync(source, cancellationToken);
    }

    public override void CancelPendingFlush() => _writer.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => _writer.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => _writer.CompleteAsync(exception);

    public void DisableBuffering() => _inner.DisableBuffering();

    public Task StartAsync(CancellationToken cancellationToken = default) => _inner.StartAsync(cancellationToken);

    public Task SendFileAsync(
        string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        _inner.SendFileAsync(path, offset, count, cancellationToken);

    public Task CompleteAsync() => _inner.CompleteAsync();

    private void Count(int bytes)
    {
        if (bytes == 0 || _hasNoBody) return;
        if (BodyAt == 0) BodyAt = _time.GetTimestamp();
        ResponseBytes += bytes;
    }
}
