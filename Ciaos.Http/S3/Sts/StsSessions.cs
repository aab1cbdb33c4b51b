using System.Buffers;
using System.Globalization;
using Ciaos.Actors.Identity;
using Ciaos.Actors.Identity.Policies;
using Ciaos.Http.Admin;
using Microsoft.AspNetCore.Http;
using static Ciaos.Actors.Identity.IdentityProtocol;

namespace Ciaos.Http.S3.Sts;

/// <summary>The operations that give out temporary credentials. All are of the caller: they may never do more than it
/// may do itself, and less where a policy comes with the request.</summary>
internal sealed class StsSessions(IdentitySystem identity)
{
    private const int DefaultSeconds = 3600;
    private const int MaxPolicyLength = 20 * 1024;
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+=,.@-";
    private const int MaxArnLength = 2048;
    private const string DenyAll =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}""";

    private static readonly SearchValues<char> NameLetters = SearchValues.Create(Letters);
    private static readonly SearchValues<char> PathLetters = SearchValues.Create(Letters + "/");

    private readonly Authentication _authentication = new(identity.Directory, identity.Time);

    public async Task GetSessionTokenAsync(HttpContext context, Caller caller, StsForm form)
    {
        var duration = DurationOf(form);
        form.End();
        var key = await CreateAsync(context, caller, duration, policy: null);
        await StsAnswer.SendAsync(context, "GetSessionToken", xml => StsAnswer.WriteCredentials(xml, key));
    }

    /// <summary>There are no roles: whichever is named, the session is one of the caller.</summary>
    public async Task AssumeRoleAsync(HttpContext context, Caller caller, StsForm form)
    {
        var role = form.Require("RoleArn");
        var name = form.Require("RoleSessionName");
        if (!IsRole(role)) throw StsException.Invalid($"{role} is invalid: it is no ARN of a role");
        CheckName(name, "roleSessionName", 64);

        // Whoever wants to be sure that it is meant: there is nobody else who could be.
        form.Take("ExternalId");
        var (duration, policy) = (DurationOf(form), PolicyOf(form));
        form.End();
        Demand(context, caller, "sts:AssumeRole", role);
        var key = await CreateAsync(context, caller, duration, policy);
        var roleName = role[(role.LastIndexOf('/') + 1)..];
        await StsAnswer.SendAsync(context, "AssumeRole", xml =>
        {
            StsAnswer.WriteCredentials(xml, key);
            xml.Open("AssumedRoleUser").Text("AssumedRoleId", $"{caller.User.Name}:{name}")
                .Text("Arn", $"arn:aws:sts::{AccountIn(role)}:assumed-role/{roleName}/{name}").Close();
            WritePolicySize(xml, policy);
        });
    }

    /// <summary>As with AWS: without a policy the credentials may do nothing.</summary>
    public async Task GetFederationTokenAsync(HttpContext context, Caller caller, StsForm form)
    {
        var name = form.Require("Name");
        CheckName(name, "name", 32);
        var (duration, policy) = (DurationOf(form), PolicyOf(form));
        form.End();
        Demand(context, caller, "sts:GetFederationToken", $"arn:aws:sts:::federated-user/{name}");
        var key = await CreateAsync(context, caller, duration, policy ?? DenyAll);
        await StsAnswer.SendAsync(context, "GetFederationToken", xml =>
        {
            StsAnswer.WriteCredentials(xml, key);
            xml.Open("FederatedUser").Text("FederatedUserId", $"{caller.User.Name}:{name}")
                .Text("Arn", $"arn:aws:sts:::federated-user/{name}").Close();
            WritePolicySize(xml, policy);
        });
    }

    // Whoever is denied a session of its own must not get one by another name. With a temporary key nobody gets one: it
    // could have more rights, and a longer life, than that key.
    private async Task<AccessKey> CreateAsync(
        HttpContext context, Caller caller, TimeSpan duration, string? policy)
    {
        if (caller.Key.IsTemporary) throw StsException.AccessDenied("Temporary credentials cannot make others");
        Demand(context, caller, "sts:GetSessionToken", caller.User.Arn);
        var by = new Origin(caller.User.Name, caller.Key.Id, context.Connection.RemoteIpAddress?.ToString());
        var reply = await identity.SendAsync(
            new CreateSession(by, caller.User.Name, duration, policy), CancellationToken.None);
        return reply switch
        {
            KeyStored stored => stored.Key,
            Refused { Reason: RefuseReason.Invalid } refused => throw StsException.Invalid(refused.Detail),
            Refused { Reason: RefuseReason.TooMany } refused => throw new StsException(
                "LimitExceeded", StatusCodes.Status409Conflict, refused.Detail),
            Refused { Reason: RefuseReason.NoSuchUser } => throw new StsException(
                "InvalidClientTokenId", 403, "The security token included in the request is invalid."),
            Refused refused => throw new StsException("ServiceUnavailable", 503, refused.Detail),
            _ => throw new InvalidOperationException($"A session was answered with {reply.GetType()}"),
        };
    }

    private void Demand(HttpContext context, Caller caller, string action, string resource)
    {
        if (!_authentication.IsAllowed(context, caller, action, resource, isOwner: true))
            throw StsException.AccessDenied(
                $"User: {caller.User.Arn} is not authorized to perform: {action} on resource: {resource}");
    }

    private static TimeSpan DurationOf(StsForm form)
    {
        if (form.Take("DurationSeconds") is not { } text) return TimeSpan.FromSeconds(DefaultSeconds);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : throw StsException.Invalid($"DurationSeconds is no number of seconds: {text}");
    }

    private static string? PolicyOf(StsForm form)
    {
        if (form.Take("Policy") is not { } policy) return null;
        if (policy.Length > MaxPolicyLength)
            throw new StsException("PackedPolicyTooLarge", 400, $"A policy has at most {MaxPolicyLength} characters");
        try
        {
            PolicyDocument.Parse(policy, PolicyKind.Identity);
            return policy;
        }
        catch (PolicyFormatException error)
        {
            throw new StsException("MalformedPolicyDocument", 400, error.Message);
        }
    }

    private static void CheckName(string name, string parameter, int maxLength)
    {
        if (name.Length < 2 || name.Length > maxLength || name.AsSpan().ContainsAnyExcept(NameLetters))
            throw StsException.Invalid(
                $"1 validation error detected: Value '{name}' at '{parameter}' failed to satisfy constraint: Member "
                + $"must have 2 to {maxLength} letters, digits and _+=,.@-");
    }

    private static void WritePolicySize(S3Xml xml, string? policy)
    {
        if (policy is not null) xml.Number("PackedPolicySize", Math.Max(1, 100L * policy.Length / MaxPolicyLength));
    }

    private static string AccountIn(string arn) => arn.Split(':')[4];

    private static bool IsRole(string arn) =>
        arn.Length <= MaxArnLength
        && arn.Split(':') is ["arn", "aws", "iam", "", var account, ['r', 'o', 'l', 'e', '/', .. var role]]
        && account.All(char.IsAsciiLetterOrDigit) && role is [.., not '/']
        && !role.AsSpan().ContainsAnyExcept(PathLetters);
}
