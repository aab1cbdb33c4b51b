using Ciaos.Actors.Feed;
using Ciaos.Actors.Objects;
using Ciaos.Storage;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.Events;

/// <summary><c>GET /events</c>: what happens to a user's keys, as server-sent events, for as long as the client
/// likes.</summary>
/// <param name="feed">Null: there is none.</param>
internal sealed class EventsRoute(ObjectStore store, ChangeFeed? feed, NativeAccess access, HttpSettings settings)
{
    private int _followers;

    /// <exception cref="RequestRefusedException">The caller may not follow.</exception>
    public async Task HandleAsync(HttpContext context, NativeCaller caller, EventsQuery query)
    {
        if (feed is null)
        {
            await Answers.UnavailableAsync(context, "This node does not tell what happens to keys");
            return;
        }

        if (!query.TryStart(feed, out var position, out var error))
        {
            await Answers.BadRequestAsync(context, error);
            return;
        }

        try
        {
            if (Interlocked.Increment(ref _followers) > settings.MaxFollowers)
                await Answers.UnavailableAsync(
                    context, $"{settings.MaxFollowers} clients follow the events of this node already");
            else
                await FollowAsync(context, feed, caller, query, position);
        }
        finally
        {
            Interlocked.Decrement(ref _followers);
        }
    }

    private async Task FollowAsync(
        HttpContext context, ChangeFeed feed, NativeCaller caller, EventsQuery query, FeedPosition position)
    {
        var end = feed.Heads();
        if (await feed.FindObstacleAsync(position, context.RequestAborted) is { } obstacle)
        {
            await Answers.TextAsync(context, StatusCodes.Status410Gone, obstacle);
            return;
        }

        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, feed.Closing);
        using var writer = new EventWriter(context.Response.BodyWriter, position);
        var mayTell = access.ReadFilter(context, caller);
        var follower = new EventFollower(
            feed, store, caller.User, query.Prefix, key => mayTell(key), writer, settings.FollowerKeepAlive)
        {
            // Keys are disabled, and policies changed, while clients stay connected.
            Recheck = () =>
            {
                var now = access.Identify(context);
                access.Authorize(context, now, RouteName.Events);
                mayTell = access.ReadFilter(context, now);
            },
        };
        try
        {
            if (query.After == EventsQuery.Now) writer.WritePosition();
            else writer.WriteKeepAlive();
            await writer.SendAsync(ending.Token);
            if (query.IsFollowing) await follower.FollowAsync(ending.Token);
            else await follower.CatchUpAsync(end, ending.Token);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            // The node stops. A client that does not take what it has been sent would hold it up; and one that asked
            // for what there was must not take a part for the whole.
            if (writer.HasUnsent || !query.IsFollowing) context.Abort();
        }
    }
}
