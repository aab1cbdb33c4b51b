namespace Akka.Persistence.Serialization;

/// <summary>Wraps a snapshot so that the file it is kept in also says how to read it back.</summary>
public sealed class Snapshot
{
    public Snapshot(object data)
    {
        Data = data;
    }

    public object Data { get; }

    public override bool Equals(object? obj) => obj is Snapshot other && Equals(Data, other.Data);

    public override int GetHashCode() => Data?.GetHashCode() ?? 0;
}
