namespace Ciaos.Storage;

/// <summary>Names one volume for ever. Given out by an event, counted from 1, never reused.</summary>
public readonly record struct VolumeId(long Value)
{
    /// <summary>The name of the volume's file, without its folder: eight digits or more, then <c>.vol</c>.</summary>
    public string FileName => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Value:D8}.vol");
}

/// <summary>Names one namespace of keys for ever, whatever it is called. Given out by an event, counted from
/// 1.</summary>
public readonly record struct BucketId(long Value);

/// <summary>
/// Names one upload: every needle that it wrote carries it, and so does the index record that made it visible.
/// It is the id of the upload's first needle.
/// </summary>
public readonly record struct ObjectId(long Value);

/// <summary>
/// Names one needle. Microseconds since 1970 (UTC) at its making, raised where needed so that ids of one node
/// always increase: a repeated append can be recognised, and needles can be put in the order of their making.
/// </summary>
public readonly record struct NeedleId(long Value);
