using Ciaos.Actors.Volumes;

namespace Ciaos.Actors.Objects;

/// <summary>A body could not be stored. Nothing of it is visible; what was written of it is unreferenced.</summary>
public sealed class UploadRejectedException(VolumeProtocol.RejectReason reason, string detail) : Exception(detail)
{
    public VolumeProtocol.RejectReason Reason { get; } = reason;
}
