"""S3 against /raw on the same node, with wrk: requests that carry signatures against requests that carry none.

    /usr/bin/python3 tests/s3_speed.py [SECONDS [MIB]]

wrk (apt-get install wrk) sends presigned requests to 1,000 keys, so that every request is verified; on PUT the node
computes the MD5 for the ETag, on /raw it does not. Large bodies go over http.client, one at a time.

Last an upload in parts of MIB (1024; 0: none), 4 at once, from its beginning to its completion, beside one PUT of the same
bytes to /raw. Both are sent by the kernel from a file in its cache, so that this program takes little of the processor;
how much it and the node took is told. Disk: 3 times 2 * MIB until the end, since deleted bytes are freed later.
"""

import concurrent.futures
import hashlib
import http.client
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "s3")]

from s3node import S3Node  # noqa: E402 (the path is set above)

KEYS = 1000
CONNECTIONS = 64
ROUNDS = 3
MIB = 1024 * 1024
LARGE_BYTES = 64 * MIB
PART_BYTES = 16 * MIB
PARTS_AT_ONCE = 4
# The parts lie in one file, each so far behind the one before it: no two are the same, and little is kept.
PART_STEP_BYTES = 4096
LUA = """
local requests, at = {}, 0
for line in io.lines("%(paths)s") do
    requests[#requests + 1] = wrk.format("%(method)s", line, {["User"] = "root", ["Host"] = "%(host)s"}, %(body)s)
end
request = function() at = at %% #requests + 1; return requests[at] end
"""


def wrk(folder, address, paths, method, body, seconds):
    host = urllib.parse.urlsplit(address).netloc
    with open(os.path.join(folder, "paths"), "w", encoding="ascii") as file:
        file.write("\n".join(paths) + "\n")
    script = os.path.join(folder, "script.lua")
    with open(script, "w", encoding="ascii") as file:
        file.write(LUA % {"paths": file.name.replace("script.lua", "paths"), "method": method, "host": host,
                          "body": f'string.rep("x", {body})' if body else "nil"})
    done = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", script, address], capture_output=True, text=True)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", done.stdout)
    assert done.returncode == 0 and not refused, done.stdout + done.stderr
    return float(re.search(r"Requests/sec:\s+([0-9.]+)", done.stdout)[1])


def large(address, path, method, body=None):
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(address).netloc)
    began = time.monotonic()
    connection.request(method, path, body, {"User": "root", **({"Content-Length": str(len(body))} if body else {})})
    answer = connection.getresponse()
    size = len(answer.read())
    assert answer.status in (200, 201), answer.status
    connection.close()
    return (len(body) if body else size) / (time.monotonic() - began) / MIB


class Parts:
    """An upload in parts against one PUT, of bytes that are checked."""

    def __init__(self, folder, node, s3, count):
        self.node, self.s3, self.count = node, s3, count
        self.path = os.path.join(folder, "parts")
        with open(self.path, "wb") as file:
            for _ in range(PART_BYTES // MIB):
                file.write(os.urandom(MIB))
            file.write(os.urandom(PART_STEP_BYTES * count))
        digests = b"".join(hashlib.md5(self.part(number)).digest() for number in range(count))
        self.tag = f'"{hashlib.md5(digests).hexdigest()}-{count}"'

    def part(self, number):
        with open(self.path, "rb") as file:
            file.seek(number * PART_STEP_BYTES)
            return file.read(PART_BYTES)

    def send(self, connection, path, numbers):
        """Puts the parts of these numbers as one body; gives the entity tag."""
        connection.putrequest("PUT", path)
        connection.putheader("User", "root")
        connection.putheader("Content-Length", str(PART_BYTES * len(numbers)))
        connection.endheaders()
        with open(self.path, "rb") as file:
            for number in numbers:
                connection.sock.sendfile(file, number * PART_STEP_BYTES, PART_BYTES)
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status in (200, 201), text
        return answer.headers["ETag"]

    def raw(self):
        """MiB/s of one PUT."""
        began = time.monotonic()
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(self.node.url).netloc)
        self.send(connection, "/raw/parts", range(self.count))
        connection.close()
        return self.rate(began)

    def multipart(self):
        """MiB/s of an upload in parts: each connection takes the next one that is left."""
        began = time.monotonic()
        name = {"Bucket": "bench", "Key": "parts"}
        name["UploadId"] = self.s3.create_multipart_upload(**name)["UploadId"]
        left, sent = iter(range(self.count)), {}

        def work():
            connection = http.client.HTTPConnection(urllib.parse.urlsplit(self.node.s3_url).netloc)
            for number in left:
                url = self.s3.generate_presigned_url("upload_part", {**name, "PartNumber": number + 1}, ExpiresIn=3600)
                sent[number] = self.send(connection, url.removeprefix(self.node.s3_url), [number])
            connection.close()

        with concurrent.futures.ThreadPoolExecutor(PARTS_AT_ONCE) as threads:
            for worker in [threads.submit(work) for _ in range(PARTS_AT_ONCE)]:
                worker.result()
        parts = [{"PartNumber": number + 1, "ETag": tag} for number, tag in sorted(sent.items())]
        made = self.s3.complete_multipart_upload(**name, MultipartUpload={"Parts": parts})
        rate = self.rate(began)
        assert made["ETag"] == self.tag, made["ETag"]
        return rate

    def rate(self, began):
        return PART_BYTES * self.count / (time.monotonic() - began) / MIB

    def delete(self):
        self.s3.delete_object(Bucket="bench", Key="parts")
        self.s3.delete_object(Bucket="root", Key="parts")

    def processor_seconds(self):
        """Of this program, and of the node, up to now."""
        with open(f"/proc/{self.node.process.pid}/stat", encoding="ascii") as file:
            user, system = file.read().rsplit(")", 1)[1].split()[11:13]
        own = os.times()
        return own.user + own.system, (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def measure(self):
        """Pairs of rates, and what one GiB of each took of the processors: this program and the node."""
        rates, took = [], {self.multipart: [], self.raw: []}
        for _ in range(ROUNDS):
            pair = []
            for way, seconds in took.items():
                before = self.processor_seconds()
                pair.append(way())
                seconds.append([(now - then) * 1024 * MIB / (PART_BYTES * self.count)
                                for now, then in zip(self.processor_seconds(), before)])
            rates.append(pair)
            self.delete()
        return rates, [[statistics.median(each) for each in zip(*seconds)] for seconds in took.values()]


def report_parts(folder, node, s3, mib):
    Parts(folder, node, s3, 2).measure()
    parts = Parts(folder, node, s3, max(1, mib * MIB // PART_BYTES))
    rates, took = parts.measure()
    size = parts.count * PART_BYTES // MIB
    report(f"PUT {size:,} MiB, in parts of 16 MiB, {PARTS_AT_ONCE} at once; /raw: one stream", "MiB/s", *zip(*rates))
    for name, (own, nodes) in zip(("in parts", "/raw"), took):
        print(f"\n{name}: processor seconds for 1 GiB: {own:.2f} of this program, {nodes:.2f} of the node")


def report(name, unit, s3, raw):
    s3, raw = statistics.median(s3), statistics.median(raw)
    print(f"| {name} | {s3:,.0f} {unit} | {raw:,.0f} {unit} | {s3 / raw:.2f} |", flush=True)


def main(seconds, mib):
    with tempfile.TemporaryDirectory() as folder:
        node = S3Node(folder).start()
        try:
            s3 = node.boto3(node.root)
            s3.create_bucket(Bucket="bench")

            def signed(operation, key):
                url = s3.generate_presigned_url(operation, {"Bucket": "bench", "Key": key}, ExpiresIn=3600)
                return url.removeprefix(node.s3_url)

            print("| | S3 | /raw | ratio |\n| --- | ---: | ---: | ---: |")
            for method, operation, body in (("PUT", "put_object", 4096), ("GET", "get_object", 0)):
                paths = [signed(operation, f"k{number}") for number in range(KEYS)]
                raws = [f"/raw/k{number}" for number in range(KEYS)]
                pairs = [(wrk(folder, node.s3_url, paths, method, body, seconds),
                          wrk(folder, node.url, raws, method, body, seconds)) for _ in range(ROUNDS + 1)]
                report(f"{method} 4 KiB, {CONNECTIONS} connections", "/s", *zip(*pairs[1:]))
            body = os.urandom(LARGE_BYTES)
            for method, operation in (("PUT", "put_object"), ("GET", "get_object")):
                sent = body if method == "PUT" else None
                pairs = [(large(node.s3_url, signed(operation, "large"), method, sent),
                          large(node.url, "/raw/large", method, sent)) for _ in range(2 * ROUNDS + 1)]
                report(f"{method} 64 MiB", "MiB/s", *zip(*pairs[1:]))
            if mib:
                report_parts(folder, node, s3, mib)
        finally:
            node.kill()


if __name__ == "__main__":
    main(*(int(argument) for argument in (sys.argv[1:] + ["5", "1024"][len(sys.argv) - 1:])[:2]))
