using Ciaos.Actors.Identity;
using Ciaos.Actors.Objects;
using Ciaos.Http.Quotas;
using Ciaos.Http.S3.Access;
using Ciaos.Http.S3.Encryption;
using Microsoft.Extensions.Logging;

namespace Ciaos.Http.S3;

/// <summary>What the operations of the S3 front end work with.</summary>
/// <param name="Quotas">Of the node: other front ends count with them too.</param>
internal sealed record S3Services(
    ObjectStore Store, IdentityDirectory Identity, S3Settings Settings, TimeProvider Time, ILogger Logger,
    UserQuotas Quotas)
{
    /// <summary>Says who may do what.</summary>
    public S3Access Access { get; } = new(Identity, Time);

    /// <summary>Has the keys of encrypted objects.</summary>
    public ObjectEncryption Encryption { get; } = new(Store, Settings);

    /// <summary>Says who asks.</summary>
    public S3Callers Callers { get; } = new(Identity, Settings, Quotas, Time);
}
