using Ciaos.Http.Admin;
using Ciaos.Storage;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http;

/// <summary>
/// Whose keys a native request is about, and whether it may do what it wants. Without authentication that is what the
/// header <c>User</c> says. With it the access key tells; the header may be left out. A user's keys are its own, but
/// its policies, or that of its session, may deny it what they name: as actions of S3, on the bucket of the user's
/// name.
/// </summary>
/// <param name="authentication">Null: it is off.</param>
internal sealed class NativeAccess(Authentication? authentication)
{
    /// <exception cref="RequestRefusedException">It has no right credentials, or names another user.</exception>
    public NativeCaller Identify(HttpContext context)
    {
        var hasUser = UserHeader.TryRead(context.Request, out var named, out var error);
        if (authentication is null)
            return hasUser
                ? new NativeCaller(named, null)
                : throw new RequestRefusedException(StatusCodes.Status400BadRequest, error);
        if (!authentication.TryRead(context.Request, out var caller, out var reason))
            throw new RequestRefusedException(StatusCodes.Status401Unauthorized, reason);
        if (!hasUser && context.Request.Headers.ContainsKey("User"))
            throw new RequestRefusedException(StatusCodes.Status400BadRequest, error);
        if (hasUser && named != caller.User.Name)
            throw new RequestRefusedException(
                StatusCodes.Status403Forbidden,
                $"The access key belongs to the user {caller.User.Name}, but the header User names another one");
        return new NativeCaller(caller.User.Name, caller);
    }

    /// <param name="keys">What it is about; none: the bucket itself.</param>
    /// <exception cref="RequestRefusedException">A policy denies it.</exception>
    public void Authorize(
        HttpContext context, NativeCaller caller, RouteName route, params ReadOnlySpan<ObjectKey> keys)
    {
        if (MayAll(caller)) return;
        var bucket = $"arn:aws:s3:::{caller.User}";
        foreach (var action in ActionsOf(route, context.Request.Method))
        {
            if (keys.IsEmpty) Require(action, bucket);
            foreach (var key in keys) Require(action, $"{bucket}/{key.Value}");
        }

        void Require(string action, string resource)
        {
            if (Refusal(context, caller, action, resource) is { } text)
                throw new RequestRefusedException(StatusCodes.Status403Forbidden, text);
        }
    }

    /// <summary>Which keys the caller may know of, as far as its policies say now.</summary>
    public Func<ObjectKey, bool> ReadFilter(HttpContext context, NativeCaller caller)
    {
        if (MayAll(caller)) return _ => true;
        return key => authentication!.IsAllowed(
            context, caller.Proved!, "s3:GetObject", $"arn:aws:s3:::{caller.User}/{key.Value}", isOwner: true);
    }

    /// <summary>For a batch: tells of each key why a policy denies it, or null.</summary>
    public Func<ObjectKey, string?> RefusalsOf(HttpContext context, NativeCaller caller, RouteName batch)
    {
        if (MayAll(caller)) return _ => null;
        var action = ActionsOf(batch, context.Request.Method).Single();
        return key => Refusal(context, caller, action, $"arn:aws:s3:::{caller.User}/{key.Value}");
    }

    private bool MayAll(NativeCaller caller) =>
        authentication is null
        || caller.Proved is null or { User.Policies.IsEmpty: true, Key.SessionPolicy: null };

    private string? Refusal(HttpContext context, NativeCaller caller, string action, string resource) =>
        authentication!.IsAllowed(context, caller.Proved!, action, resource, isOwner: true)
            ? null
            : $"A policy of the user {caller.User}, or of its session, does not allow {action} here";

    private static string[] ActionsOf(RouteName route, string method) => route switch
    {
        RouteName.List or RouteName.Events => ["s3:ListBucket"],
        RouteName.Get or RouteName.Stat or RouteName.BatchGet => ["s3:GetObject"],
        RouteName.Put or RouteName.Append or RouteName.Update or RouteName.BatchPut => ["s3:PutObject"],
        RouteName.Delete => ["s3:DeleteObject"],
        RouteName.UpdateKey => ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
        RouteName.Raw when HttpMethods.IsPut(method) => ["s3:PutObject"],
        RouteName.Raw when HttpMethods.IsDelete(method) => ["s3:DeleteObject"],
        RouteName.Raw => ["s3:GetObject"],
        _ => throw new InvalidOperationException($"Route {route} is nobody's"),
    };
}

/// <param name="User">Whose keys the request is about.</param>
/// <param name="Proved">Null where authentication is off.</param>
internal readonly record struct NativeCaller(string User, Caller? Proved);
