using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.IO.Pipelines;
using Ciaos.Actors.AccessLogs;
using Ciaos.Http.Quotas;
using Ciaos.Http.S3.Access;
using Ciaos.Http.S3.Bodies;
using Ciaos.Http.S3.Documents;
using Ciaos.Http.S3.Encryption;
using Ciaos.Http.S3.Objects;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using Microsoft.AspNetCore.Http;
using static Ciaos.Actors.Index.BucketProtocol;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Http.S3.AccessLogs;

/// <summary>Stores log objects in the buckets that logs go to: as the owner's, with what the bucket gives to all its
/// objects, such as encryption and retention.</summary>
internal sealed class AccessLogWriter(S3Services services)
{
    private readonly BodyStore _bodies = new(services.Store);
    private readonly ObjectWriter _writer = new(services);

    /// <inheritdoc cref="AccessLogDelivery"/>
    public async Task<string?> WriteAsync(AccessLogBatch batch)
    {
        var log = S3Document.FromText<LoggingStatus>(batch.Destination);
        if (log.TargetBucket is not { } name) return "logging is off";
        var target = await services.Store.FindBucketInfoAsync(name, CancellationToken.None);
        if (target?.Owner != batch.Source.Owner) return $"bucket {name} is not there any more";
        if (!AccessLogRights.MayDeliver(services.Access, batch.Source, target, log.TargetPrefix))
            return $"bucket {name} does not let {AccessLogRights.Service} write to it any more";
        if (!ObjectKey.TryCreate(KeyOf(batch, log), out var key, out var error)) return error;
        try
        {
            await StoreAsync(batch, log, target, key);
            return null;
        }
        catch (Exception refused) when (
            refused is QuotaExceededException
            || (refused is S3Exception { Error.Status: < StatusCodes.Status500InternalServerError }))
        {
            return refused.Message;
        }
    }

    private async Task StoreAsync(AccessLogBatch batch, LoggingStatus log, BucketInfo target, ObjectKey key)
    {
        var metadata = MetadataOf(log, target);
        var dataKey = DefaultEncryption.MakeKey(services.Store, target, UploadOperation.Replace, ref metadata);
        using var hasher = new BodyHasher(ExpectedDigests.None, [], withMd5: true, ChecksumAlgorithms.Default);
        using var body = new S3Body(
            PipeReader.Create(new ReadOnlySequence<byte>(batch.Text)), batch.Text.Length,
            new BodyLimits(0, long.MaxValue), hasher);
        using var hold = await services.Quotas.HoldAsync(target, body.Length, objects: 1, CancellationToken.None);
        var stored = await _bodies.StoreAsync(
            target.Id, key, body, UploadOperation.Replace, metadata, dataKey, hold, CancellationToken.None);
        await _writer.PutAsync(
            target, key, new WriteCondition(S3Conditions.None, Precondition.None), stored, metadata);
        hold?.Keep();
    }

    private ImmutableSortedDictionary<string, string> MetadataOf(LoggingStatus log, BucketInfo target)
    {
        var metadata = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        metadata[MetadataKeys.ContentType] = "text/plain";
        ObjectLock.Read(ObjectFields.Of(new HeaderDictionary()), target, services.Time.GetUtcNow(), metadata);
        if (log.TargetGrants.Length > 0 && !BucketRules.Of(target).IsOwnerEnforced)
        {
            var ownerId = services.Access.OwnerIdOf(target);
            var granted = services.Access.Users.Resolve(log.TargetGrants);
            metadata[MetadataKeys.Acl] =
                new GrantList([.. GrantList.Private(ownerId).Grants, .. granted.Grants]).ToText();
        }

        return metadata.ToImmutable();
    }

    // As S3 names log objects; with EventTime their keys tell the day of the requests, and no time of it.
    private string KeyOf(AccessLogBatch batch, LoggingStatus log)
    {
        var byEvent = log.DateSource == LoggingStatus.EventTime;
        var time = byEvent ? batch.FirstAt.UtcDateTime.Date : services.Time.GetUtcNow().UtcDateTime;
        var unique = Convert.ToHexString(Guid.CreateVersion7(services.Time.GetUtcNow()).ToByteArray(bigEndian: true));
        var file = string.Create(CultureInfo.InvariantCulture, $"{time:yyyy-MM-dd-HH-mm-ss}-{unique}");
        if (string.IsNullOrEmpty(log.DateSource)) return log.TargetPrefix + file;
        var (account, source) = (services.Access.OwnerIdOf(batch.Source), batch.Source.Name);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{log.TargetPrefix}{account}/{services.Settings.Region}/{source}/{time:yyyy'/'MM'/'dd}/{file}");
    }
}
