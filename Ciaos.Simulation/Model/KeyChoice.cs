using System.Collections.Immutable;
using Ciaos.Actors.Index;
using Ciaos.Storage;

namespace Ciaos.Simulation.Model;

/// <summary>Few keys, some of them awkward in a path, so that for each of the first buckets two share a shard and two
/// do not, as far as there are that many shards and keys.</summary>
internal static class KeyChoice
{
    private static readonly ImmutableArray<string> Shapes =
        ["k", "folder/", "a b ", "100%", "q?x=", "é", "\U0001f389", "\uffff", "..", "a//", "+", "#"];

    public static ImmutableArray<string> Choose(Dice dice, WorkloadSettings settings)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(settings.KeysPerOwner, Shapes.Length);
        while (true)
        {
            var keys = Enumerable.Range(0, settings.KeysPerOwner)
                .Select(i => $"{Shapes[dice.Chance(60) ? 0 : i]}{i}{dice.Next(100)}")
                .ToImmutableArray();
            if (Enumerable.Range(1, settings.Owners).All(bucket => Suits(keys, bucket, settings))) return keys;
        }
    }

    private static bool Suits(ImmutableArray<string> keys, int bucket, WorkloadSettings settings)
    {
        var layout = new ShardLayout(settings.Shards);
        var shards = keys.GroupBy(key => layout.ShardOf(new BucketId(bucket), ObjectKey.Create(key))).ToList();
        var twoDiffer = shards.Count > 1 || settings.Shards == 1 || keys.Length < 2;
        return twoDiffer && (shards.Any(shard => shard.Count() > 1) || keys.Length < 3);
    }
}
