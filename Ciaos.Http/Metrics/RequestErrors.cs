using System.Diagnostics.Metrics;

namespace Ciaos.Http.Metrics;

/// <summary>Why a request was not carried out, through no fault of it.</summary>
internal enum RequestError
{
    None,

    /// <summary>Something unexpected: status 500, or an answer that was cut short.</summary>
    Failed,

    /// <summary>What was read is not what was written.</summary>
    DataCorrupt,

    /// <summary>Status 503.</summary>
    Unavailable,

    /// <summary>Status 507.</summary>
    DiskFull,

    /// <summary>The client did not wait.</summary>
    ClientGone,
}

/// <summary>Counts them. All kinds are told from the start: an alert must see the first one happen.</summary>
internal sealed class RequestErrors
{
    private static readonly (RequestError Error, string Name)[] Kinds =
    [
        (RequestError.Failed, "request_failed"),
        (RequestError.DataCorrupt, "data_corrupt"),
        (RequestError.Unavailable, "request_unavailable"),
        (RequestError.DiskFull, "request_disk_full"),
        (RequestError.ClientGone, "client_gone"),
    ];

    private readonly long[] _counts = new long[Kinds.Length + 1];

    public void Add(RequestError error) => Interlocked.Increment(ref _counts[(int)error]);

    public void Observe(Meter meter) => meter.CreateObservableCounter(
        "ciaos.errors",
        () => Kinds.Select(kind => new Measurement<long>(
            Volatile.Read(ref _counts[(int)kind.Error]), new KeyValuePair<string, object?>("kind", kind.Name))),
        "{error}", "What went wrong, by kind");
}
