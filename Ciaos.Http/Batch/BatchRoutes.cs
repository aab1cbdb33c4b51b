using Ciaos.Actors.Objects;
using Ciaos.Http.Quotas;
using Ciaos.Storage;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.Batch;

/// <summary><c>/batch/get</c> and <c>/batch/put</c>. So many at a time, because each may hold memory for as long as its
/// client likes; more are told to come again.</summary>
internal sealed class BatchRoutes(
    ObjectStore store, UserQuotas quotas, Failures failures, BatchSettings settings, int maxFiles)
{
    private readonly BatchReads _reads = new(store, failures, settings);
    private readonly BatchWrites _writes = new(store, quotas, failures, settings, maxFiles);
    private int _served;

    /// <param name="refusal">Why the user may not do it with a key; null where it may.</param>
    public async Task HandleAsync(
        HttpContext context, string user, RouteName route, Func<ObjectKey, string?> refusal)
    {
        try
        {
            if (Interlocked.Increment(ref _served) > settings.MaxAtOnce)
                await Answers.UnavailableAsync(context, $"The node serves {settings.MaxAtOnce} batches already");
            else if (route == RouteName.BatchGet)
                await _reads.HandleAsync(context, user, refusal);
            else
                await _writes.HandleAsync(context, user, refusal);
        }
        finally
        {
            Interlocked.Decrement(ref _served);
        }
    }
}
