using Ciaos.Actors.Index;

namespace Ciaos.Actors.AccessLogs;

/// <summary>Lines of the access log of one bucket that make up one log object.</summary>
/// <param name="Source">The bucket that was accessed, as it was at the first line.</param>
/// <param name="Destination">Where its log was to go then, as its configuration tells.</param>
/// <param name="FirstAt">Of the first line. All are of the same day (UTC).</param>
/// <param name="Text">Each line ends with a line feed.</param>
public sealed record AccessLogBatch(
    BucketProtocol.BucketInfo Source, string Destination, DateTimeOffset FirstAt, ReadOnlyMemory<byte> Text,
    int Lines);

/// <summary>Stores a log object, durably.</summary>
/// <returns>Null; or why it cannot be stored, now or later: the lines are given up.</returns>
/// <exception cref="Exception">It could not be stored now: it is tried again.</exception>
public delegate Task<string?> AccessLogDelivery(AccessLogBatch batch);
