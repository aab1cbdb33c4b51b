using System.Collections.Immutable;
using Ciaos.Actors.Index;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Specs.Index;

/// <summary>States of objects of ten bytes in one segment.</summary>
internal static class SmallStates
{
    /// <summary>Finer than a database keeps it.</summary>
    public static readonly DateTimeOffset At = DateTimeOffset.UnixEpoch.AddYears(56).AddTicks(7);

    public static ObjectState State(string key, long version = 1)
    {
        var segment = new Segment(new NeedleLocation(new VolumeId(1), 4096, 80, 10), 0, 10, StartsFile: true);
        var record = new ObjectRecord(
            IndexNode.Bucket, ObjectKey.Create(key), new ObjectId(1), version, 10, 1, 1, At, At,
            ImmutableSortedDictionary<string, string>.Empty);
        return new ObjectState(record, version, SegmentCodec.Encode([segment]), null);
    }
}
