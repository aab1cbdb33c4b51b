using Ciaos.Storage.Disks;

namespace Ciaos.Actors.Identity;

/// <summary>What the host gives the identities.</summary>
/// <param name="Random">Where ids and secrets come from.</param>
/// <param name="KeepRoot">Called with the first key of root, before that is in the journal: so the secret is never only
/// there, where nobody can read it. It may block.</param>
public sealed record IdentitySecrets(MasterKey MasterKey, FillRandom Random, Action<AccessKey> KeepRoot);

/// <summary>What the keeper of identities is given to work with.</summary>
/// <param name="Disk">Where the events are kept once more, beside the journal.</param>
/// <param name="BucketsJournal">The journal plug-in of the keeper of buckets; empty: the system's default.</param>
internal sealed record IdentityContext(
    IdentitySettings Settings, IdentitySecrets Secrets, IDisk Disk, TimeProvider Time, string BucketsJournal = "")
{
    public MasterKey MasterKey => Secrets.MasterKey;

    public FillRandom Random => Secrets.Random;
}
