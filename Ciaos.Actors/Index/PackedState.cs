using Ciaos.Storage;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index;

/// <summary>The state of a key as bytes, in memory only: nothing on a disk has this form.</summary>
internal static class PackedState
{
    private const int CapacityBytes = 256;

    [Flags]
    private enum Marks : byte
    {
        None = 0,
        IsDeleteMarker = 1,
        HasContentVersion = 2,
    }

    /// <summary>Whether nothing is under way with it, and nothing lies in rows of its own.</summary>
    public static bool CanHold(ObjectState state) =>
        state is { Move: null, HasRows: false, Record: { IsCurrent: true, NoncurrentSince: null } };

    public static byte[] Write(ObjectState state)
    {
        var record = state.Record;
        var writer = new PackedWriter(CapacityBytes);
        writer.Byte((byte)((record.IsDeleteMarker ? Marks.IsDeleteMarker : Marks.None)
            | (record.ContentVersion is null ? Marks.None : Marks.HasContentVersion)));
        writer.Signed(record.Id.Value);
        writer.Signed(record.Version);
        writer.Signed(record.SizeBytes);
        writer.Signed(record.FileCount);
        writer.Signed(record.SegmentCount);
        writer.Signed(record.Created.UtcTicks);
        writer.Signed(record.Modified.UtcTicks - record.Created.UtcTicks);
        writer.Signed(record.VersionId.Sequence);
        writer.Signed(record.VersionId.Object.Value);
        if (record.ContentVersion is { } contentVersion) writer.Signed(contentVersion);
        writer.Metadata(record.Metadata);
        writer.Signed(state.ContentSequence);
        writer.Bytes(state.Inline.Span);
        writer.Signed(state.Noncurrent);
        writer.Signed(state.NullSequence);
        return writer.Finish();
    }

    public static ObjectState Read(ReadOnlySpan<byte> packed, KeyName name)
    {
        var reader = new PackedReader(packed);
        var marks = (Marks)reader.Byte();
        var (id, version, size) = (new ObjectId(reader.Signed()), reader.Signed(), reader.Signed());
        var (files, segments) = (reader.Signed(), reader.Signed());
        var created = new DateTimeOffset(reader.Signed(), TimeSpan.Zero);
        var modified = created.AddTicks(reader.Signed());
        var versionId = new VersionId(reader.Signed(), new ObjectId(reader.Signed()));
        long? contentVersion = marks.HasFlag(Marks.HasContentVersion) ? reader.Signed() : null;
        var record = new ObjectRecord(
            name.Bucket, name.Key, id, version, size, files, segments, created, modified, reader.Metadata())
        {
            VersionId = versionId,
            IsDeleteMarker = marks.HasFlag(Marks.IsDeleteMarker),
            ContentVersion = contentVersion,
        };
        return new ObjectState(record, reader.Signed(), reader.Bytes().ToArray(), Move: null)
        {
            Noncurrent = reader.Signed(),
            NullSequence = reader.Signed(),
        };
    }
}
