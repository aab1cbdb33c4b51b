using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ciaos.Actors.Identity;
using Ciaos.Http.S3.Auth;
using Ciaos.Simulation.Model;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Ciaos.Simulation.World;

/// <summary>Operations of S3 as a client sends them.</summary>
internal static class S3Requests
{
    private const string Host = "localhost";
    private const string Region = "us-east-1";
    private const string Signed = "host;x-amz-content-sha256;x-amz-date";
    private const string Unsigned = "UNSIGNED-PAYLOAD";

    public static ClientRequest Of(S3Operation operation) => operation switch
    {
        S3Put put => new ClientRequest("PUT", Path(put), put.Content.ToBytes()),
        S3Get get => new ClientRequest("GET", Path(get) + VersionOf(get.Version)),
        S3Delete => new ClientRequest("DELETE", Path(operation)),
        S3DeleteVersion delete => new ClientRequest("DELETE", Path(delete) + VersionOf(delete.Version)),
        S3ListVersions => new ClientRequest(
            "GET", $"/{BucketOf(operation.Owner)}?versions&prefix={Uri.EscapeDataString(operation.Key)}"),
        S3Begin => new ClientRequest("POST", Path(operation) + "?uploads"),
        S3PutPart put => new ClientRequest(
            "PUT",
            string.Create(
                CultureInfo.InvariantCulture, $"{Path(put)}?partNumber={put.Number}&uploadId={put.Upload.Name}"),
            put.Content.ToBytes()),
        S3Complete complete => new ClientRequest(
            "POST", Path(complete) + UploadOf(complete.Upload), Document(complete)),
        S3Abort abort => new ClientRequest("DELETE", Path(abort) + UploadOf(abort.Upload)),
        S3ListParts list => new ClientRequest("GET", Path(list) + UploadOf(list.Upload)),
        _ => throw new ArgumentException($"{operation.GetType().Name} is not known", nameof(operation)),
    };

    /// <summary>What makes a bucket, and says whether it keeps versions. Each may be repeated.</summary>
    public static IEnumerable<ClientRequest> Configure(string owner, BucketVersioning versioning)
    {
        yield return new ClientRequest("PUT", $"/{BucketOf(owner)}", []);
        if (versioning == BucketVersioning.Off) yield break;
        yield return new ClientRequest(
            "PUT", $"/{BucketOf(owner)}?versioning", Encoding.UTF8.GetBytes(
                $"<VersioningConfiguration><Status>{versioning}</Status></VersioningConfiguration>"));
    }

    /// <summary>Signs it as root does. What is sent has just the form that is signed.</summary>
    public static void Sign(HttpRequest request, IdentityDirectory identity, DateTimeOffset now)
    {
        var key = identity.KeysOf("root")[0];
        var time = now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var scope = new CredentialScope(key.Id, time[..8], Region, CredentialScope.S3);
        var headers = request.Headers;
        headers.Host = Host;
        headers["x-amz-date"] = time;
        headers["x-amz-content-sha256"] = Unsigned;
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?');
        var canonical = $"{request.Method}\n{target[0]}\n{Canonical(target.ElementAtOrDefault(1))}\n"
            + $"host:{Host}\nx-amz-content-sha256:{Unsigned}\nx-amz-date:{time}\n\n{Signed}\n{Unsigned}";
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(canonical)));
        var signature = SignatureV4.Sign(
            SignatureV4.DeriveKey(scope, key.Secret), $"{SignatureV4.Algorithm}\n{time}\n{scope.Text}\n{hash}");
        headers.Authorization =
            $"{SignatureV4.Algorithm} Credential={key.Id}/{scope.Text}, SignedHeaders={Signed}, Signature={signature}";
    }

    private static string Canonical(string? query) => string.Join('&', (query ?? "")
        .Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(parameter => parameter.Contains('=', StringComparison.Ordinal) ? parameter : parameter + "=")
        .Order(StringComparer.Ordinal));

    private static string BucketOf(string owner) => "bucket-" + owner;

    private static string Path(S3Operation operation) =>
        $"/{BucketOf(operation.Owner)}/{string.Join('/', operation.Key.Split('/').Select(Uri.EscapeDataString))}";

    private static string VersionOf(NameRef? version) => version is null ? "" : "?versionId=" + version.Value.Name;

    private static string UploadOf(NameRef upload) => "?uploadId=" + upload.Name;

    private static byte[] Document(S3Complete complete)
    {
        var parts = complete.Numbers.Zip(complete.Parts, (number, part) => string.Create(
            CultureInfo.InvariantCulture,
            $"<Part><PartNumber>{number}</PartNumber><ETag>{ContentTag.Of(part)}</ETag></Part>"));
        return Encoding.UTF8.GetBytes(
            $"<CompleteMultipartUpload>{string.Concat(parts)}</CompleteMultipartUpload>");
    }
}
