// The AWS SDK for JavaScript, at its defaults: it adds CRC32 checksums, and sends streams with trailers.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import {
  S3Client, CreateBucketCommand, PutObjectCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command,
  DeleteObjectCommand, DeleteObjectsCommand, CopyObjectCommand, DeleteBucketCommand, ListBucketsCommand,
  PutBucketVersioningCommand, ListObjectVersionsCommand, GetObjectAttributesCommand,
  RenameObjectCommand,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";

const [endpoint, Bucket] = process.argv.slice(2);
const client = new S3Client({ endpoint, forcePathStyle: true });
const send = (command) => client.send(command);
const read = async (found) => Buffer.from(await found.Body.transformToByteArray());

await send(new CreateBucketCommand({ Bucket }));
assert((await send(new ListBucketsCommand({}))).Buckets.some((bucket) => bucket.Name === Bucket));

const small = randomBytes(10_000);
const put = await send(new PutObjectCommand({ Bucket, Key: "small", Body: small, Metadata: { color: "red" } }));
assert.equal(put.ETag, `"${createHash("md5").update(small).digest("hex")}"`);
assert(put.ChecksumCRC32);
const got = await send(new GetObjectCommand({ Bucket, Key: "small", ChecksumMode: "ENABLED" }));
assert.deepEqual(await read(got), small);
assert.equal(got.ChecksumCRC32, put.ChecksumCRC32);
assert.equal(got.Metadata.color, "red");

// A stream of known length goes as aws-chunked with a trailer; one of unknown length too, without Content-Length.
const large = randomBytes(3_000_000);
const parts = () => Readable.from([large.subarray(0, 1_000_001), large.subarray(1_000_001)]);
await send(new PutObjectCommand({ Bucket, Key: "stream", Body: parts(), ContentLength: large.length }));
assert.deepEqual(await read(await send(new GetObjectCommand({ Bucket, Key: "stream" }))), large);

for (const ChecksumAlgorithm of ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"]) {
  try {
    await send(new PutObjectCommand({ Bucket, Key: ChecksumAlgorithm, Body: small, ChecksumAlgorithm }));
  } catch (error) {
    // The SDK has no CRC64NVME of its own without a further package.
    if (ChecksumAlgorithm !== "CRC64NVME" || error.$metadata?.httpStatusCode) throw error;
    continue;
  }
  const head = await send(new HeadObjectCommand({ Bucket, Key: ChecksumAlgorithm, ChecksumMode: "ENABLED" }));
  assert(head[`Checksum${ChecksumAlgorithm}`]);
  await send(new DeleteObjectCommand({ Bucket, Key: ChecksumAlgorithm }));
}

const huge = randomBytes(12 * 1024 * 1024 + 5);
const upload = new Upload({
  client, params: { Bucket, Key: "parts", Body: Readable.from([huge]) }, partSize: 5 * 1024 * 1024, queueSize: 3,
});
assert.match((await upload.done()).ETag, /-3"$/);
assert.deepEqual(await read(await send(new GetObjectCommand({ Bucket, Key: "parts" }))), huge);
const range = await send(new GetObjectCommand({ Bucket, Key: "parts", Range: "bytes=5242870-5242890" }));
assert.deepEqual(await read(range), huge.subarray(5242870, 5242891));
const attributes = await send(new GetObjectAttributesCommand({
  Bucket, Key: "parts", ObjectAttributes: ["ObjectParts", "ObjectSize", "ETag"] }));
assert.equal(attributes.ObjectSize, huge.length);
assert.equal(attributes.ObjectParts.TotalPartsCount, 3);

await send(new CopyObjectCommand({ Bucket, Key: "copy/ä b", CopySource: `${Bucket}/small` }));
const listed = await send(new ListObjectsV2Command({ Bucket, Delimiter: "/" }));
assert.deepEqual(listed.Contents.map((object) => object.Key), ["parts", "small", "stream"]);
assert.deepEqual(listed.CommonPrefixes, [{ Prefix: "copy/" }]);
await assert.rejects(
  send(new PutObjectCommand({ Bucket, Key: "small", Body: "x", IfNoneMatch: "*" })), { name: "PreconditionFailed" });
await assert.rejects(send(new GetObjectCommand({ Bucket, Key: "none" })), { name: "NoSuchKey" });

const tail = await send(new PutObjectCommand({ Bucket, Key: "stream", Body: small, WriteOffsetBytes: large.length }));
assert.equal(tail.Size, large.length + small.length);
const appended = await send(new GetObjectCommand({ Bucket, Key: "stream" }));
assert.deepEqual(await read(appended), Buffer.concat([large, small]));
await assert.rejects(
  send(new PutObjectCommand({ Bucket, Key: "stream", Body: small, WriteOffsetBytes: 1 })),
  { name: "InvalidWriteOffset" });
await send(new RenameObjectCommand({ Bucket, Key: "moved/to here", RenameSource: "copy/%C3%A4%20b" }));
assert.deepEqual(await read(await send(new GetObjectCommand({ Bucket, Key: "moved/to here" }))), small);
await assert.rejects(send(new GetObjectCommand({ Bucket, Key: "copy/ä b" })), { name: "NoSuchKey" });
await assert.rejects(
  send(new RenameObjectCommand({ Bucket, Key: "small", RenameSource: "parts" })), { name: "PreconditionFailed" });

await send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
const second = await send(new PutObjectCommand({ Bucket, Key: "small", Body: "second" }));
assert(second.VersionId);
await send(new DeleteObjectCommand({ Bucket, Key: "small" }));
const versions = await send(new ListObjectVersionsCommand({ Bucket }));
assert.equal(versions.DeleteMarkers.length, 1);
const Objects = [...versions.Versions, ...versions.DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
const deleted = await send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
assert.equal(deleted.Errors, undefined);
assert.equal(deleted.Deleted.length, Objects.length);
await send(new DeleteBucketCommand({ Bucket }));
console.log("done");
