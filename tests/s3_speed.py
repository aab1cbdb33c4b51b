"""S3 against /raw on the same node, with wrk: requests that carry signatures against requests that carry none.

    /usr/bin/python3 tests/s3_speed.py [SECONDS]

wrk (apt-get install wrk) sends presigned requests to 1,000 keys, so that every request is verified; on PUT the node
computes the MD5 for the ETag, on /raw it does not. Large bodies go over http.client, one at a time.
"""

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
LARGE_BYTES = 64 * 1024 * 1024
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
    return (len(body) if body else size) / (time.monotonic() - began) / 2**20


def report(name, unit, s3, raw):
    s3, raw = statistics.median(s3), statistics.median(raw)
    print(f"| {name} | {s3:,.0f} {unit} | {raw:,.0f} {unit} | {s3 / raw:.2f} |", flush=True)


def main(seconds):
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
        finally:
            node.kill()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
