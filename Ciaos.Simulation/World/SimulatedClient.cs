using Ciaos.Simulation.Model;

namespace Ciaos.Simulation.World;

/// <summary>Sends requests to a node as a client over a network does: a body comes in pieces, with pauses.</summary>
/// <param name="random">Cuts the bodies, and decides how long the pauses are.</param>
internal sealed class SimulatedClient(Random random)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(20);

    /// <summary>To be called within the node's runtime.</summary>
    /// <param name="token">The request's idempotency key; null: it has none.</param>
    public async Task<Outcome> SendAsync(SimulatedNode node, Operation operation, string? token = null)
    {
        var wanted = ClientRequest.Of(operation);
        var announces = operation is S3Operation || wanted.SentBytes != int.MaxValue || random.Next(2) == 0;
        long? length = wanted.Body is null ? null : announces ? wanted.Body.Length : null;
        var isSlow = random.Next(3) == 0;
        using var request = new InProcessRequest(wanted.Method, wanted.Target, length, node.NextRequestId())
        {
            Taking = isSlow ? () => random.Next(4) == 0 ? PauseAsync(node) : Task.CompletedTask : null,
        };
        var headers = request.Context.Request.Headers;
        if (operation is not S3Operation) headers["User"] = operation.Owner;
        foreach (var (name, value) in wanted.Headers) headers[name] = value;
        if (token is not null) headers["Idempotency-Key"] = token;
        if (wanted.Body is not null && length is null) headers.TransferEncoding = "chunked";

        var handled = operation is S3Operation
            ? node.HandleS3Async(request) : node.HandleAsync(request);
        await SendBodyAsync(node, request, wanted).ConfigureAwait(true);

        // An answer is a step of its own on its way: what a node says in the step in which it dies is never heard.
        if (handled.IsCompleted) await Task.Yield();
        await handled.ConfigureAwait(true);
        return ClientAnswer.Read(operation, request);
    }

    /// <summary>Makes an owner's bucket of S3 where there is none, and says whether it keeps versions. To be called
    /// within the node's runtime.</summary>
    /// <returns>False: it is not known whether it has happened.</returns>
    /// <exception cref="InvalidOperationException">The node refuses it.</exception>
    public async Task<bool> ConfigureAsync(SimulatedNode node, string owner, BucketVersioning versioning)
    {
        foreach (var wanted in S3Requests.Configure(owner, versioning))
        {
            using var request = new InProcessRequest(
                wanted.Method, wanted.Target, wanted.Body!.Length, node.NextRequestId());
            var handled = node.HandleS3Async(request);
            await SendBodyAsync(node, request, wanted).ConfigureAwait(true);
            if (handled.IsCompleted) await Task.Yield();
            await handled.ConfigureAwait(true);
            if (request.StatusCode >= 500 || request.IsAborted) return false;
            if (request.StatusCode is not (200 or 409))
                throw new InvalidOperationException(
                    $"{wanted.Method} {wanted.Target} is answered with {request.StatusCode}: "
                    + System.Text.Encoding.UTF8.GetString(request.Sent));
        }

        return true;
    }

    private async Task SendBodyAsync(SimulatedNode node, InProcessRequest request, ClientRequest wanted)
    {
        var body = wanted.Body.AsMemory();
        var end = Math.Min(body.Length, wanted.SentBytes);
        for (var at = 0; at < end;)
        {
            var count = random.Next(4) == 0 ? random.Next(1, end - at + 1) : end - at;
            await request.Body.WriteAsync(body.Slice(at, count)).ConfigureAwait(true);
            at += count;
            if (random.Next(3) == 0) await PauseAsync(node).ConfigureAwait(true);
        }

        if (end < body.Length) request.Disconnect();
        else await request.Body.CompleteAsync().ConfigureAwait(true);
    }

    /// <summary>Mostly shortly.</summary>
    public Task PauseAsync(SimulatedNode node) =>
        Task.Delay(LongestPause * Math.Pow(random.NextDouble(), 3), node.Runtime.TimeProvider);
}
