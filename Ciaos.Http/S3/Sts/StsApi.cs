using Ciaos.Actors.Identity;
using Ciaos.Http.Admin;
using Ciaos.Http.Metrics;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3.Sts;

/// <summary>
/// Temporary credentials as AWS clients ask for them: the Query protocol of STS, on the address of the S3 front end
/// (docs/identity.md). A request is a form that is sent to the service itself, and signed for <c>sts</c>.
/// </summary>
/// <param name="identity">Null: nobody can be given credentials.</param>
internal sealed class StsApi(S3Services services, IdentitySystem? identity)
{
    private const string Version = "2011-06-15";

    private readonly StsSessions? _sessions = identity is null ? null : new StsSessions(identity);

    /// <summary>Whether a request is one of STS, well-formed or not: S3 has none that looks like it.</summary>
    public bool IsFor(HttpContext context, S3Target target) =>
        _sessions is not null && target.Scope == S3Scope.Service && HttpMethods.IsPost(context.Request.Method)
        && context.Request.ContentType?.StartsWith(StsForm.ContentType, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>What is not an error of STS is thrown on.</summary>
    public async Task HandleAsync(HttpContext context, S3Target target)
    {
        RequestWatch.Of(context)?.Operation = "sts:other";
        StsException refused;
        try
        {
            await AnswerAsync(context, target);
            return;
        }
        catch (StsException error)
        {
            refused = error;
        }
        catch (S3Exception error) when (StsException.Of(error) is { } known)
        {
            refused = known;
        }

        HttpLog.Refused(
            services.Logger, context.Request.Method, target.Resource, refused.Status, refused.Message,
            context.TraceIdentifier);
        await StsAnswer.SendAsync(context, refused);
    }

    private async Task AnswerAsync(HttpContext context, S3Target target)
    {
        var request = await services.Callers.Requests.AuthenticateAsync(context, target.Query);
        if (request.IsAnonymous)
            throw new StsException("MissingAuthenticationToken", 403, "Request is missing Authentication Token");

        // Otherwise nobody has verified the form.
        if (!request.IsForSts)
            throw new StsException(
                "SignatureDoesNotMatch", 403, "Credential should be scoped to correct service: 'sts'.");
        var (key, user) = services.Callers.Identify(request);
        var caller = new Caller(user!, key!);
        var form = await StsForm.ReadAsync(context);
        var action = form.Take("Action")
            ?? throw new StsException("MissingAction", 400, "The request is missing an action");
        var version = form.Take("Version");
        if (version is not null and not Version)
            throw new StsException("NoSuchVersion", 400, $"The requested version ({version}) is not valid.");
        if (RequestWatch.Of(context) is { } watch) watch.User = user!.Name;
        Func<HttpContext, Caller, StsForm, Task> handle = action switch
        {
            "GetCallerIdentity" => GetCallerIdentityAsync,
            "GetSessionToken" => _sessions!.GetSessionTokenAsync,
            "AssumeRole" => _sessions!.AssumeRoleAsync,
            "GetFederationToken" => _sessions!.GetFederationTokenAsync,
            _ => throw new StsException(
                "InvalidAction", 400, $"Could not find operation {action} for version {Version}"),
        };
        RequestWatch.Of(context)?.Operation = $"sts:{action}";
        await handle(context, caller, form);
    }

    // Whoever has a key may ask whose it is, and no policy can deny that.
    private static Task GetCallerIdentityAsync(HttpContext context, Caller caller, StsForm form)
    {
        form.End();
        return StsAnswer.SendAsync(context, "GetCallerIdentity", xml => xml
            .Text("Arn", caller.User.Arn).Text("UserId", caller.User.Name).Text("Account", caller.User.CanonicalId));
    }
}
