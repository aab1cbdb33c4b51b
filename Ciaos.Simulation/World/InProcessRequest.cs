using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Ciaos.Simulation.World;

/// <summary>
/// One HTTP request that never was on a socket: the features that the front end uses, over memory. What is answered
/// counts as sent once it is flushed, as with a real server.
/// </summary>
internal sealed class InProcessRequest : IHttpResponseFeature, IHttpRequestLifetimeFeature, IRequestBodyPipeFeature,
    IHttpMaxRequestBodySizeFeature, IDisposable
{
    private readonly Pipe _body;
    private readonly MemoryStream _sent = new();
    private readonly StreamResponseBodyFeature _response;
    private readonly CancellationTokenSource _aborted = new();

    public InProcessRequest(string method, string target, long? contentLength, string id)
    {
        // Continuations run where they are completed: the body's sender is a step of the same runtime.
        _body = new Pipe(new PipeOptions(
            readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: 0, useSynchronizationContext: false));
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var request = new HttpRequestFeature
        {
            Method = method,
            RawTarget = target,
            Path = query < 0 ? target : target[..query],
            QueryString = query < 0 ? "" : target[query..],
            Protocol = "HTTP/1.1",
            Scheme = "http",
        };
        request.Headers.ContentLength = contentLength;
        _response = new StreamResponseBodyFeature(new SentStream(this));
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(request);
        features.Set<IHttpResponseFeature>(this);
        features.Set<IHttpResponseBodyFeature>(_response);
        features.Set<IHttpRequestLifetimeFeature>(this);
        features.Set<IRequestBodyPipeFeature>(this);
        features.Set<IHttpMaxRequestBodySizeFeature>(this);
        features.Set<IHttpRequestIdentifierFeature>(new HttpRequestIdentifierFeature { TraceIdentifier = id });
        Context = new DefaultHttpContext(features);
    }

    public HttpContext Context { get; }

    /// <summary>Until the client has taken what was just sent. Null: it takes everything at once.</summary>
    public Func<Task>? Taking { get; init; }

    /// <summary>Where the request's body is written to, and ended.</summary>
    public PipeWriter Body => _body.Writer;

    /// <summary>The server gave the connection up in the middle of its answer.</summary>
    public bool IsAborted { get; private set; }

    public byte[] Sent => _sent.ToArray();

    public int StatusCode { get; set; } = StatusCodes.Status200OK;

    public string? ReasonPhrase { get; set; }

    public IHeaderDictionary Headers { get; set; } = new HeaderDictionary();

    public bool HasStarted { get; private set; }

    Stream IHttpResponseFeature.Body
    {
        get => _response.Stream;
        set => throw new NotSupportedException("The front end writes to the pipe");
    }

    bool IHttpMaxRequestBodySizeFeature.IsReadOnly => false;

    long? IHttpMaxRequestBodySizeFeature.MaxRequestBodySize { get; set; }

    PipeReader IRequestBodyPipeFeature.Reader => _body.Reader;

    CancellationToken IHttpRequestLifetimeFeature.RequestAborted
    {
        get => _aborted.Token;
        set => throw new NotSupportedException("Nobody replaces the token");
    }

    void IHttpRequestLifetimeFeature.Abort() => IsAborted = true;

    void IHttpResponseFeature.OnStarting(Func<object, Task> callback, object state) =>
        throw new NotSupportedException("The front end uses no callbacks");

    void IHttpResponseFeature.OnCompleted(Func<object, Task> callback, object state) =>
        throw new NotSupportedException("The front end uses no callbacks");

    /// <summary>The handler has returned: what it has written and not flushed is sent.</summary>
    public Task CompleteAsync() => IsAborted ? Task.CompletedTask : _response.CompleteAsync();

    /// <summary>The client goes away: the handler's token is cancelled, and its body ends with an error.</summary>
    public void Disconnect()
    {
        IsAborted = true;
        _body.Writer.Complete(new IOException("The client has gone"));
        _aborted.Cancel();
    }

    public void Dispose()
    {
        _aborted.Dispose();
        _sent.Dispose();
    }

    private sealed class SentStream(InProcessRequest request) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            request.HasStarted = true;
            request._sent.Write(buffer, offset, count);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            Write(buffer, offset, count);
            return request.Taking?.Invoke() ?? Task.CompletedTask;
        }

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            request.HasStarted = true;
            request._sent.Write(buffer.Span);
            return request.Taking is { } taking ? new ValueTask(taking()) : ValueTask.CompletedTask;
        }

        public override void Flush() => request.HasStarted = true;

        public override Task FlushAsync(CancellationToken cancellationToken)
        {
            request.HasStarted = true;
            return Task.CompletedTask;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
