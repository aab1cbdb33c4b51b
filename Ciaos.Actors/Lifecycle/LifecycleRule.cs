using System.Collections.Immutable;
using static Ciaos.Actors.Index.BucketProtocol;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Lifecycle;

/// <summary>What becomes of some of a bucket's objects, versions and unfinished uploads as time goes by. Null: such
/// things stay.</summary>
/// <param name="Prefix">Of the keys that it is about.</param>
/// <param name="Matches">Whether it is about this object or version. The prefix is asked here too.</param>
/// <param name="ExpireDays">Current versions, so long after they were made; delete markers that hide nothing,
/// likewise.</param>
/// <param name="ExpireDate">Current versions, all of them from then on.</param>
/// <param name="RemovesLoneMarkers">Delete markers that hide nothing, of any age.</param>
/// <param name="NoncurrentDays">Older versions, so long after a newer one took their place.</param>
/// <param name="KeepNoncurrent">So many older versions of each key stay all the same, the newest ones.</param>
/// <param name="AbortDays">Uploads in parts, so long after they were begun.</param>
public sealed record LifecycleRule(
    string Prefix,
    Func<ObjectRecord, bool> Matches,
    int? ExpireDays = null,
    DateTimeOffset? ExpireDate = null,
    bool RemovesLoneMarkers = false,
    int? NoncurrentDays = null,
    int KeepNoncurrent = 0,
    int? AbortDays = null);

/// <summary>Reads a bucket's rules out of its configuration: only front ends know how they are written. None where
/// there are no rules, or none is in force.</summary>
public delegate ImmutableArray<LifecycleRule> LifecycleRules(BucketInfo bucket);
