using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Ciaos.Specs.Client;

/// <summary>Stands between client and node, notes every request, and breaks what it is told to break.</summary>
internal sealed class FaultyWire : DelegatingHandler
{
    public FaultyWire()
        : base(new SocketsHttpHandler())
    {
    }

    /// <summary>Everything asked for, as method, target and headers that the specs look at.</summary>
    public ConcurrentQueue<HttpRequestMessage> Requests { get; } = new();

    /// <summary>Answers in place of the node; null: ask the node. The number of the request counts from 0.</summary>
    public Func<int, HttpRequestMessage, HttpResponseMessage?> Overrule { get; set; } = (_, _) => null;

    /// <summary>Bytes after which the body of an answer breaks off; null: never.</summary>
    public Func<int, long?> BreaksAfter { get; set; } = _ => null;

    /// <summary>The node carries the request out, but the answer is lost.</summary>
    public Func<int, bool> LosesAnswer { get; set; } = _ => false;

    public static HttpResponseMessage Answer(int status, string text = "", string type = "text/plain") =>
        new((HttpStatusCode)status) { Content = new StringContent(text, Encoding.UTF8, type) };

    public static HttpResponseMessage Answer(ReadOnlySpan<byte> body) =>
        new(HttpStatusCode.OK) { Content = new StreamContent(new MemoryStream(body.ToArray())) };

    public string Header(int request, string name) =>
        Requests.ElementAt(request).Headers.TryGetValues(name, out var values) ? string.Join(',', values) : "";

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var number = Requests.Count;
        Requests.Enqueue(request);
        var answer = Overrule(number, request) ?? await base.SendAsync(request, cancellationToken);
        if (LosesAnswer(number))
        {
            answer.Dispose();
            throw new HttpRequestException(HttpRequestError.ResponseEnded, "The answer was lost");
        }

        if (BreaksAfter(number) is not { } bytes) return answer;
        var whole = answer.Content;
        answer.Content = new StreamContent(new BreakingStream(await whole.ReadAsStreamAsync(cancellationToken), bytes));
        foreach (var (name, values) in whole.Headers) answer.Content.Headers.TryAddWithoutValidation(name, values);
        return answer;
    }

    /// <summary>Gives so many bytes, then fails as a socket does.</summary>
    private sealed class BreakingStream(Stream inner, long left) : Stream
    {
        private long _left = left;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_left == 0) throw new HttpIOException(HttpRequestError.ResponseEnded, "Connection reset by peer");
            var count = await inner.ReadAsync(
                buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken);
            _left -= count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
