using System.Collections.Immutable;
using Akka.Actor;
using Ciaos.Actors.Index;
using Ciaos.Storage;
using static Ciaos.Actors.Index.BucketProtocol;

namespace Ciaos.Specs.Http.S3.Buckets;

/// <summary>The protocol of buckets over a dictionary, which listings see too.</summary>
internal sealed class MemoryBuckets : ReceiveActor
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private readonly Action<ImmutableSortedDictionary<string, BucketInfo>> _show;
    private ImmutableSortedDictionary<string, BucketInfo> _buckets =
        ImmutableSortedDictionary.Create<string, BucketInfo>(StringComparer.Ordinal);

    private long _version;

    /// <param name="isEmpty">Whether a bucket of that name holds nothing.</param>
    /// <param name="show">Is told all buckets after every change.</param>
    public MemoryBuckets(
        Func<string, bool> isEmpty, Action<ImmutableSortedDictionary<string, BucketInfo>> show)
    {
        _show = show;
        Receive<Get>(get => Sender.Tell(
            _buckets.TryGetValue(get.Name, out var known) ? new Got(known) : new NoSuchBucket(get.Name)));
        Receive<Create>(create => Sender.Tell(_buckets.TryGetValue(create.Name, out var known)
            ? new Exists(known)
            : new Created(Keep(new BucketInfo(
                new BucketId(_buckets.Count + 1), create.Name, create.Owner, Now, create.Config, ++_version)))));
        Receive<Configure>(configure => Sender.Tell(Change(configure)));
        Receive<Remove>(remove =>
        {
            if (!_buckets.ContainsKey(remove.Name)) Sender.Tell(new NoSuchBucket(remove.Name));
            else if (!isEmpty(remove.Name)) Sender.Tell(new NotEmpty(remove.Name));
            else
            {
                _buckets = _buckets.Remove(remove.Name);
                _show(_buckets);
                Sender.Tell(new Removed(remove.Name, ++_version));
            }
        });
    }

    private object Change(Configure configure)
    {
        if (!_buckets.TryGetValue(configure.Name, out var known)) return new NoSuchBucket(configure.Name);
        if (configure.IfVersion is { } version && version != known.Version) return new Conflict(known);
        var config = known.Config;
        foreach (var (key, value) in configure.Changes)
            config = value is null ? config.Remove(key) : config.SetItem(key, value);
        return new Configured(Keep(known with { Config = config, Version = ++_version }));
    }

    private BucketInfo Keep(BucketInfo bucket)
    {
        _buckets = _buckets.SetItem(bucket.Name, bucket);
        _show(_buckets);
        return bucket;
    }
}
