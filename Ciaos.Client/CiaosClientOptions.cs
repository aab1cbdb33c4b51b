namespace Ciaos.Client;

/// <summary>Where the node is, who asks, and how patient the client is. Read once, when the client is made.</summary>
public sealed record CiaosClientOptions
{
    /// <summary>Such as <c>http://127.0.0.1:9710</c>; a path in it comes before all routes.</summary>
    public required Uri Address { get; init; }

    /// <summary>Whose keys are meant: 1 to 256 printable ASCII characters. Null: those of the user whose access key is
    /// given.</summary>
    public string? User { get; init; }

    /// <summary><c>ID:SECRET</c> or <c>ID:SECRET:TOKEN</c>; null where the node does not ask for one.</summary>
    public string? AccessKey { get; init; }

    /// <summary>Longest wait for a connection.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Longest wait without progress: for an answer once the request is sent, for the server to take, or to send, the
    /// next bytes. However long a transfer is, it does not run out while bytes move. The node says something every
    /// 15 seconds while events are followed: less than that makes no sense there.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>How often a request that failed for the moment (no connection, 429, 503) is sent again; 0: never.
    /// Of a download or a feed: failures in a row without a byte in between.</summary>
    public int Retries { get; init; } = 4;

    /// <summary>Wait before the first retry. It doubles each time; a random part of up to a half is left off, so that
    /// clients which failed together do not come back together. <c>Retry-After</c> counts where it is longer.</summary>
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest wait before a retry, whatever the node asks for.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Connections at once; further requests wait for one. From 1.</summary>
    public int MaxConnections { get; init; } = 64;

    /// <summary>Keys, or items, in one request of a batch; what is more goes into further requests. From 1 to the
    /// node's <c>ciaos.http.max-batch-keys</c>.</summary>
    public int MaxBatchItems { get; init; } = 10_000;

    /// <summary>Bytes in one request of a batch put, which is held in memory until it is answered, so that it can be
    /// sent again. A single larger item goes alone.</summary>
    public long MaxBatchBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>A larger object is not read into memory by a batch get: its item says so. Up to
    /// <see cref="Array.MaxLength"/>.</summary>
    public int MaxBatchItemBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>Sends the requests in place of sockets of the client's own; the caller disposes of it.</summary>
    public HttpMessageHandler? Handler { get; init; }

    /// <summary>The clock of time-outs and retries.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
