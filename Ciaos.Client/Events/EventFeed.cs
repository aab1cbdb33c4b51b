using System.Runtime.CompilerServices;
using Ciaos.Client.Http;

namespace Ciaos.Client.Events;

/// <summary>The journal of the user's keys.</summary>
internal sealed class EventFeed(Transport transport)
{
    public async IAsyncEnumerable<StoreEvent> ReadAsync(
        string after, string prefix, bool follow, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var reading = new EventReading(transport, after, prefix, follow, cancellation);
        while (await reading.NextAsync().ConfigureAwait(false) is { } found) yield return found;
    }
}
