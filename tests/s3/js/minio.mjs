// The client library of MinIO.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import * as minio from "minio";

const [endpoint, bucket] = process.argv.slice(2);
const { hostname, port } = new URL(endpoint);
const client = new minio.Client({
  endPoint: hostname, port: Number(port), useSSL: false, region: "us-east-1",
  accessKey: process.env.AWS_ACCESS_KEY_ID, secretKey: process.env.AWS_SECRET_ACCESS_KEY,
});

await client.makeBucket(bucket);
assert(await client.bucketExists(bucket));
assert(!(await client.bucketExists(bucket + "-none")));
const small = randomBytes(1000);
await client.putObject(bucket, "folder/small", small, small.length, { "X-Amz-Meta-Color": "red" });
const stat = await client.statObject(bucket, "folder/small");
assert.equal(stat.size, 1000);
assert.equal(stat.metaData.color, "red");
assert.deepEqual(await buffer(await client.getObject(bucket, "folder/small")), small);
assert.deepEqual(await buffer(await client.getPartialObject(bucket, "folder/small", 10, 20)), small.subarray(10, 30));

const large = randomBytes(70 * 1024 * 1024);
await client.putObject(bucket, "large", Readable.from([large]), large.length);
assert.deepEqual(await buffer(await client.getObject(bucket, "large")), large);
await client.copyObject(bucket, "copy", `/${bucket}/folder/small`);

const names = [];
for await (const item of client.listObjectsV2(bucket, "", true)) names.push(item.name);
assert.deepEqual(names, ["copy", "folder/small", "large"]);
const prefixes = [];
for await (const item of client.listObjectsV2(bucket, "", false)) prefixes.push(item.prefix ?? item.name);
assert.deepEqual(prefixes.sort(), ["copy", "folder/", "large"]);

await client.setObjectTagging(bucket, "copy", { a: "b" });
assert.deepEqual(await client.getObjectTagging(bucket, "copy"), [{ Key: "a", Value: "b" }]);
const address = await client.presignedGetObject(bucket, "copy", 60);
assert.deepEqual(Buffer.from(await (await fetch(address)).arrayBuffer()), small);
const upload = await client.presignedPutObject(bucket, "presigned", 60);
assert.equal((await fetch(upload, { method: "PUT", body: small })).status, 200);
const policy = client.newPostPolicy();
policy.setBucket(bucket);
policy.setKey("posted");
policy.setExpires(new Date(Date.now() + 60_000));
const { postURL, formData } = await client.presignedPostPolicy(policy);
const form = new FormData();
for (const [name, value] of Object.entries(formData)) form.append(name, value);
form.append("file", new Blob([small]));
assert.equal((await fetch(postURL, { method: "POST", body: form })).status, 204);
assert.deepEqual(await buffer(await client.getObject(bucket, "posted")), small);

await client.removeObject(bucket, "copy");
await client.removeObjects(bucket, ["folder/small", "large", "presigned", "posted"]);
await client.removeBucket(bucket);
console.log("done");
