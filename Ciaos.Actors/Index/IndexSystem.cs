namespace Ciaos.Actors.Index;

public sealed class IndexSystem
{
    /// <summary>Stands for the keeper of buckets where a shard's number is due.</summary>
    internal const int BucketsShard = -1;
}
