using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;

// Uses a bucket with the AWS SDK for .NET at its defaults. Arguments: endpoint, bucket. Keys are in the environment.
var (endpoint, bucket) = (args[0], args[1]);
using var client = new AmazonS3Client(
    new EnvironmentVariablesAWSCredentials(),
    new AmazonS3Config { ServiceURL = endpoint, ForcePathStyle = true, AuthenticationRegion = "us-east-1" });

await client.PutBucketAsync(bucket);
Check((await client.ListBucketsAsync()).Buckets.Exists(found => found.BucketName == bucket), "the bucket is listed");

var small = RandomNumberGenerator.GetBytes(10_000);
var put = await client.PutObjectAsync(new PutObjectRequest
{
    BucketName = bucket,
    Key = "small",
    InputStream = new MemoryStream(small),
    ContentType = "image/png",
});
Check(put.ETag == $"\"{Convert.ToHexStringLower(MD5.HashData(small))}\"", "the tag is the MD5");
Check(put.ChecksumCRC32 is { Length: > 0 }, "a checksum was sent, and came back");
using (var got = await client.GetObjectAsync(bucket, "small"))
{
    Check((await ReadAsync(got)).AsSpan().SequenceEqual(small), "what was put comes back");
    Check(got.Headers.ContentType == "image/png", "with its type");
}

using (var range = await client.GetObjectAsync(new GetObjectRequest
{
    BucketName = bucket,
    Key = "small",
    ByteRange = new ByteRange(100, 199),
}))
    Check((await ReadAsync(range)).AsSpan().SequenceEqual(small.AsSpan(100, 100)), "a range of it too");

var large = RandomNumberGenerator.GetBytes(21 * 1024 * 1024);
using (var transfer = new TransferUtility(client))
    await transfer.UploadAsync(new TransferUtilityUploadRequest
    {
        BucketName = bucket,
        Key = "large",
        InputStream = new MemoryStream(large),
        PartSize = 5 * 1024 * 1024,
    });
using (var got = await client.GetObjectAsync(bucket, "large"))
    Check((await ReadAsync(got)).AsSpan().SequenceEqual(large), "what went up in parts comes back");

await client.CopyObjectAsync(bucket, "small", bucket, "folder/copy ä");
var listed = await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket, Delimiter = "/" });
Check(listed.S3Objects.Count == 2 && listed.CommonPrefixes is ["folder/"], "keys and folders are listed");
var refused = await FailsAsync(() => client.PutObjectAsync(new PutObjectRequest
{
    BucketName = bucket,
    Key = "small",
    ContentBody = "x",
    IfNoneMatch = "*",
}));
Check(refused?.ErrorCode == "PreconditionFailed", "a key that must not exist is refused");
Check((await FailsAsync(() => client.GetObjectMetadataAsync(bucket, "none"))) is not null, "a key that is not there");

await client.PutBucketVersioningAsync(new PutBucketVersioningRequest
{
    BucketName = bucket,
    VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Enabled },
});
Check((await client.DeleteObjectAsync(bucket, "small")).DeleteMarker == "true", "a deletion leaves a marker");
var versions = (await client.ListVersionsAsync(bucket)).Versions;
var deleted = await client.DeleteObjectsAsync(new DeleteObjectsRequest
{
    BucketName = bucket,
    Objects = [.. versions.Select(version => new KeyVersion { Key = version.Key, VersionId = version.VersionId })],
});
Check(deleted.DeletedObjects.Count == versions.Count, "all versions are deleted");
await client.DeleteBucketAsync(bucket);
Console.WriteLine("done");
return 0;

static void Check(bool holds, string what)
{
    if (!holds) throw new InvalidOperationException($"Does not hold: {what}");
}

static async Task<byte[]> ReadAsync(GetObjectResponse got)
{
    using var bytes = new MemoryStream();
    await got.ResponseStream.CopyToAsync(bytes);
    return bytes.ToArray();
}

static async Task<AmazonS3Exception?> FailsAsync(Func<Task> call)
{
    try
    {
        await call();
        return null;
    }
    catch (AmazonS3Exception error)
    {
        return error;
    }
}
