using Akka.Actor;
using Ciaos.Actors.Objects;
using Ciaos.Actors.Volumes;
using Ciaos.Http.Listing;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.Health;

/// <summary>What load balancers and orchestrators ask: is it there, does it serve. No user is needed.</summary>
internal sealed class HealthRoutes(ObjectStore store, Readiness readiness)
{
    public static Task LiveAsync(HttpContext context) => ObjectJson.SendAsync(context, writer =>
    {
        writer.WriteStartObject();
        writer.WriteBoolean("live", true);
        writer.WriteEndObject();
    });

    /// <summary>A node whose disk is full still serves reads: it is ready, and says that it takes no writes.</summary>
    public async Task ReadyAsync(HttpContext context)
    {
        var (reason, volumes) = await StateAsync(context.RequestAborted);
        if (reason is not null)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.RetryAfter = "1";
        }

        await ObjectJson.SendAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteBoolean("ready", reason is null);
            if (reason is not null) writer.WriteString("reason", reason);
            if (volumes is not null)
            {
                writer.WriteBoolean("writable", volumes.IsWritable);
                if (!volumes.IsWritable) writer.WriteString("detail", volumes.Detail);
                writer.WriteNumber("free_bytes", volumes.FreeBytes);
                writer.WriteNumber("active_volumes", volumes.ActiveVolumes);
                writer.WriteNumber("sealed_volumes", volumes.SealedVolumes);
            }

            writer.WriteEndObject();
        });
    }

    // Requests are served while a shard is down, but for its keys: only whoever chooses among nodes is told.
    private async Task<(string? Reason, VolumeProtocol.VolumesStatus? Volumes)> StateAsync(
        CancellationToken cancellation)
    {
        if (readiness.Reason is { } reason) return (reason, null);
        try
        {
            var unready = readiness.Index?.GetUnreadyAsync() ?? Task.FromResult("");
            var volumes = await store.GetVolumesStatusAsync(IndexProbe.Timeout, cancellation);
            var fault = await unready.WaitAsync(cancellation);
            return (fault.Length == 0 ? null : $"The index does not serve all keys: {fault}", volumes);
        }
        catch (AskTimeoutException)
        {
            return ("The volumes do not answer", null);
        }
    }
}
