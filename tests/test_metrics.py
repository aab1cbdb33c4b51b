"""What a node tells of itself, as Prometheus, Grafana and a collector of OpenTelemetry read it."""

import http.server
import json
import os
import re
import socket
import struct
import subprocess
import threading
import time

import boto3
import botocore.config
import pytest
import requests
import yaml

from client import Client
from node import ROOT, Node

RULES = os.path.join(ROOT, "deploy/prometheus/ciaos.rules.yml")
DASHBOARD = os.path.join(ROOT, "deploy/grafana/ciaos.json")
SCRAPE_SECONDS = 0.5
KEYS = 20
SIZE_BYTES = 5000


def promtool(*arguments, text=None):
    done = subprocess.run(["promtool", *arguments], input=text, capture_output=True, text=True, timeout=30, check=False)
    return done.returncode, done.stdout + done.stderr


def samples(url, **arguments):
    """Every sample of a page, by its name and labels as they are written."""
    answer = requests.get(url + "/metrics", timeout=10, **arguments)
    assert answer.status_code == 200, answer.text
    found = {}
    for line in answer.text.splitlines():
        if not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            assert name not in found, name
            found[name] = float(value)
    return found


def wait_for(condition, seconds=15):
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < deadline, "It did not come about"
        time.sleep(0.1)


def s3_of(node):
    with open(os.path.join(node.data, "root-credentials"), encoding="utf-8") as file:
        key, secret = re.findall(r"[=:]\s*(\S+)", file.read())[:2]
    return boto3.client(
        "s3", endpoint_url=node.s3_url, aws_access_key_id=key, aws_secret_access_key=secret, region_name="us-east-1",
        config=botocore.config.Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}))


def work(node):
    """Some of every kind of request."""
    client = Client(node.url, "metrics")
    for number in range(KEYS):
        assert client.put(f"k{number}", [b"x" * SIZE_BYTES]).status_code == 200
        assert len(client.files(f"k{number}")[0]) == SIZE_BYTES
    assert client.append("k0", [b"more"]).status_code == 200
    assert client.update("k1", [b"other"]).status_code == 200
    assert client.update_key("k2", "renamed").status_code == 200
    assert client.delete("k3").status_code == 200
    assert client.get("nothing").status_code == 404
    assert client.raw("PUT", "raw", data=iter([b"a" * 70000, b"b" * 10])).status_code == 201
    assert len(client.raw("GET", "raw").content) == 70010
    client.list(prefix="k")
    asked = client.session.post(node.url + "/batch/get", json={"keys": ["raw", "nothing"]})
    assert asked.status_code == 200, asked.text
    assert struct.unpack_from("<HH", asked.content)[0] == 1
    s3 = s3_of(node)
    s3.create_bucket(Bucket="metrics-bucket")
    s3.put_object(Bucket="metrics-bucket", Key="a/b", Body=b"s3")
    assert s3.get_object(Bucket="metrics-bucket", Key="a/b")["Body"].read() == b"s3"


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    """A node that has done something, and a Prometheus that has watched it."""
    node = Node(tmp_path_factory.mktemp("metrics")).start()
    prometheus = Prometheus(tmp_path_factory.mktemp("prometheus"), node.port)
    try:
        prometheus.wait()
        # Rates need what was there before as well as what came.
        wait_for(lambda: prometheus.query("count_over_time(up[1m]) >= 2"))
        work(node)
        yield node, prometheus
        assert node.stop() == 0, node.log()
    finally:
        prometheus.stop()
        node.kill()


class Prometheus:
    """The real one, on a free port, with the rules and no other target."""

    def __init__(self, folder, port):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.url = "http://127.0.0.1:%d" % free.getsockname()[1]
        config = folder / "prometheus.yml"
        config.write_text(yaml.safe_dump({
            "global": {"scrape_interval": f"{int(SCRAPE_SECONDS * 1000)}ms", "evaluation_interval": "1s"},
            "rule_files": [RULES],
            "scrape_configs": [{"job_name": "ciaos", "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]}],
        }))
        self.output = []
        self.process = subprocess.Popen(
            ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}",
             "--web.listen-address=" + self.url.removeprefix("http://"), "--log.level=debug"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder)
        threading.Thread(target=lambda: self.output.extend(self.process.stdout), daemon=True).start()

    def wait(self):
        def is_ready():
            assert self.process.poll() is None, "".join(self.output)
            try:
                return requests.get(self.url + "/-/ready", timeout=5).status_code == 200
            except requests.ConnectionError:
                return False
        wait_for(is_ready, 30)

    def ask(self, path, **parameters):
        answer = requests.get(f"{self.url}/api/v1/{path}", params=parameters, timeout=10).json()
        assert answer["status"] == "success", (parameters, answer)
        assert not answer.get("warnings"), answer
        return answer["data"]

    def query(self, text):
        return self.ask("query", query=text)["result"]

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


def test_the_page_passes_promtool_and_counts_what_was_done(busy):
    node, _ = busy
    page = requests.get(node.url + "/metrics", timeout=10)
    assert page.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert promtool("check", "metrics", text=page.text) == (0, "")
    found = samples(node.url)
    requested = {
        "put": ("200", KEYS), "get": ("200", KEYS), "append": ("200", 1), "update": ("200", 1), "update_key": ("200", 1),
        "delete": ("200", 1), "raw_put": ("201", 1), "raw_get": ("200", 1), "list": ("200", 1), "batch_get": ("200", 1),
        "s3:CreateBucket": ("200", 1), "s3:PutObject": ("200", 1), "s3:GetObject": ("200", 1),
    }
    for operation, (status, count) in requested.items():
        assert found[f'ciaos_http_requests_total{{operation="{operation}",status="{status}"}}'] == count, operation
    assert found['ciaos_http_requests_total{operation="get",status="404"}'] == 1
    assert found['ciaos_http_request_bytes_sum{operation="raw_put"}'] == 70010
    assert found['ciaos_http_response_bytes_sum{operation="raw_get"}'] == 70010
    assert found["ciaos_volume_commit_appends_sum"] >= KEYS + 4
    assert found["ciaos_journal_events_total"] >= KEYS + 6
    assert found['ciaos_http_requests_in_flight{api="native"}'] >= 1
    assert found['ciaos_http_requests_in_flight{api="s3"}'] == 0
    assert found["process_open_fds"] > 10 and found["dotnet_process_cpus"] >= 1
    assert found["ciaos_disk_size_bytes"] > found["ciaos_disk_free_bytes"] > 0


def test_what_volumes_hold_is_told_apart(busy):
    node, _ = busy
    kind = 'ciaos_volume_bytes{kind="%s"}'

    def settled():
        found = samples(node.url)
        return found if found["ciaos_objects"] == KEYS + 1 else None

    found = wait_for(settled, 25)
    files = sum(os.path.getsize(os.path.join(node.data, "volumes", name))
                for name in os.listdir(os.path.join(node.data, "volumes")) if name.endswith(".vol"))
    live = (KEYS - 2) * SIZE_BYTES + 4 + 5 + 70010 + 2
    assert found[kind % "live"] == live
    assert found[kind % "dead"] == 2 * SIZE_BYTES, "replaced: k1, deleted: k3; renamed, but there: k2"
    assert found[kind % "total"] == files
    assert found[kind % "total"] == sum(found[kind % part] for part in ("live", "dead", "other"))
    assert found['ciaos_volumes{state="active"}'] == 2


def test_counters_and_buckets_only_grow(busy):
    node, _ = busy
    first = samples(node.url)
    Client(node.url, "metrics").get("k5")
    second = samples(node.url)
    growing = [name for name in first if re.match(r"\w+(_total|_bucket|_count|_sum)(\{|$)", name)]
    assert len(growing) > 100
    assert [name for name in growing if second[name] < first[name]] == []
    series = 'ciaos_http_request_duration_seconds_bucket{operation="get"'
    buckets = [value for name, value in second.items() if name.startswith(series)]
    assert len(buckets) > 10 and buckets == sorted(buckets)
    assert buckets[-1] == second['ciaos_http_request_duration_seconds_count{operation="get"}']


def test_prometheus_scrapes_without_a_warning(busy):
    _, prometheus = busy
    wait_for(lambda: prometheus.query("count_over_time(up[1m]) >= 8"))
    assert [sample["value"][1] for sample in prometheus.query("min_over_time(up[1m])")] == ["1"]
    target, = prometheus.ask("targets")["activeTargets"]
    assert target["health"] == "up" and target["lastError"] == ""
    complaints = [line for line in prometheus.output if re.search(r"level=(warn|error)", line)
                  or re.search(r"component=\"scrape manager\".*(err=|Error)", line)]
    assert complaints == []


def test_every_query_of_the_dashboard_returns_data(busy):
    _, prometheus = busy
    with open(DASHBOARD, encoding="utf-8") as file:
        dashboard = json.load(file)
    titles = [panel["title"] for panel in dashboard["panels"]]
    assert len(set(titles)) == len(titles)
    queries = [(panel["title"], target["expr"]) for panel in dashboard["panels"] for target in panel.get("targets", [])]
    assert len(queries) > 40
    empty = []
    for title, text in queries:
        text = text.replace("$__rate_interval", "1m").replace("$instance", ".*")
        values = [sample["value"][1] for sample in prometheus.query(text)]
        if not any(value != "NaN" for value in values):
            empty.append((title, text, values))
    assert empty == []
    for annotation in dashboard["annotations"]["list"]:
        prometheus.query(annotation["expr"].replace("$instance", ".*"))


def test_every_metric_of_ours_is_in_the_documentation(busy):
    node, _ = busy
    with open(os.path.join(ROOT, "docs/metrics.md"), encoding="utf-8") as file:
        told = file.read()
    page = requests.get(node.url + "/metrics", timeout=10).text
    names = re.findall(r"^# TYPE (\w+) \w+$", page, re.MULTILINE)
    assert len(names) > 50
    assert [name for name in names if f"`{name}`" not in told] == []
    with open(RULES, encoding="utf-8") as file:
        alerts = re.findall(r"alert: (\w+)", file.read())
    assert [alert for alert in alerts if f"### {alert}\n" not in told] == []


def test_alerts_are_checked_and_none_is_raised(busy):
    _, prometheus = busy
    code, output = promtool("check", "rules", RULES)
    assert code == 0 and "FAILED" not in output and "warn" not in output.lower(), output
    code, output = promtool("test", "rules", os.path.join(ROOT, "tests/ciaos.rules.test.yml"))
    assert code == 0, output
    with open(RULES, encoding="utf-8") as file:
        rules = [rule for group in yaml.safe_load(file)["groups"] for rule in group["rules"]]
    assert len(rules) > 20
    for rule in rules:
        expected = rule["alert"] in ("CiaosDiskLow", "CiaosDiskFullSoon")  # The disk of the machine may be full.
        assert expected or prometheus.query(rule["expr"]) == [], rule["alert"]
    states = [rule for group in prometheus.ask("rules")["groups"] for rule in group["rules"]]
    assert len(states) == len(rules)
    assert [rule["name"] for rule in states if rule["health"] == "err"] == []


def test_metrics_need_an_admin_where_authentication_is_on(make_node):
    root = ("ROOTKEY", "root-secret-of-the-test")
    settings = ("ciaos.http.authentication=on", f"ciaos.identity.root-access-key={root[0]}",
                f"ciaos.identity.root-secret-key={root[1]}")
    node = make_node(*settings).start()
    bearer = {"Authorization": "Bearer %s:%s" % root}
    assert requests.get(node.url + "/metrics", timeout=10).status_code == 401
    assert requests.get(node.url + "/metrics", auth=root, timeout=10).status_code == 200
    assert requests.get(node.url + "/metrics", headers=bearer, timeout=10).status_code == 200
    admin = node.url + "/admin/v1/users"
    made = requests.post(admin, json={"name": "ann"}, headers=bearer, timeout=10)
    assert made.status_code in (200, 201), made.text
    key = requests.post(admin + "/ann/keys", json={}, headers=bearer, timeout=10).json()
    ann = (key["access_key"], key["secret_key"])
    refused = requests.get(node.url + "/metrics", auth=ann, timeout=10)
    assert refused.status_code == 403 and "admin:GetMetrics" in refused.text
    policy = {"Statement": {"Effect": "Allow", "Action": "admin:GetMetrics", "Resource": "*"}}
    put = requests.put(admin + "/ann/policies/watch", json=policy, headers=bearer, timeout=10)
    assert put.status_code in (200, 201, 204), put.text
    assert requests.get(node.url + "/metrics", auth=ann, timeout=10).status_code == 200
    assert node.stop() == 0
    public = make_node(*settings, "ciaos.metrics.public=on").start()
    assert requests.get(public.url + "/metrics", timeout=10).status_code == 200
    assert public.stop() == 0


class Collector(http.server.ThreadingHTTPServer):
    """Takes whatever is sent to it."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Collector.Handler)
        self.received = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def bodies(self, path):
        return [body for at, _, body in list(self.received) if at == path]

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.received.append((self.path, dict(self.headers), body))
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass


def test_metrics_and_traces_reach_a_collector_and_slow_requests_the_log(make_node):
    collector = Collector()
    node = make_node(
        f"ciaos.telemetry.otlp.endpoint=http://127.0.0.1:{collector.server_port}", "ciaos.telemetry.otlp.interval=1s",
        "ciaos.telemetry.otlp.headers=x-tenant=me", "ciaos.telemetry.otlp.sampling-ratio=0", "ciaos.log.format=json",
        "ciaos.http.slow-request=1ms").start()
    trace, parent = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
    session = requests.Session()
    session.headers["User"] = "me"
    put = session.put(
        node.url + "/raw/traced", data=b"x" * 3_000_000, headers={"traceparent": f"00-{trace}-{parent}-01"}, timeout=30)
    assert put.status_code == 201
    assert session.get(node.url + "/raw/not-sampled", timeout=10).status_code == 404
    s3_of(node).list_buckets()
    metrics = wait_for(lambda: [body for body in collector.bodies("/v1/metrics") if b"raw_put" in body])
    for name in (b"ciaos.http.request.duration", b"ciaos.volume.commit.appends", b"ciaos.journal.events",
                 b"dotnet.gc.collections", b"service.name"):
        assert name in metrics[-1], name
    assert node.stop() == 0
    spans = b"".join(collector.bodies("/v1/traces"))
    for part in (bytes.fromhex(trace), bytes.fromhex(parent), b"raw_put", b"index Put", b"volume Append",
                 b"http.response.status_code", put.headers["X-Request-Id"].encode()):
        assert part in spans, part
    assert b"not-sampled" not in spans
    assert all(headers["x-tenant"] == "me" for _, headers, _ in collector.received)
    collector.shutdown()
    records = [json.loads(line) for line in node.output if line.startswith("{")]
    slow = [record["State"] for record in records if record["Message"].startswith("Slow request")]
    line, = [state for state in slow if state["RequestId"] == put.headers["X-Request-Id"]]
    assert (line["Operation"], line["User"], line["Key"], line["Status"]) == ("raw_put", "me", "traced", 201)
    assert line["RequestBytes"] == 3_000_000 and line["TotalMilliseconds"] >= line["BodyMilliseconds"] >= 1
    assert any(state["Operation"] == "s3:ListBuckets" for state in slow)
    assert all(record["LogLevel"] in ("Information", "Warning") for record in records)


def test_a_node_that_measures_nothing_has_no_page(make_node):
    node = make_node("ciaos.metrics.enabled=off").start()
    refused = requests.get(node.url + "/metrics", timeout=10)
    assert refused.status_code == 404 and "ciaos.metrics.enabled" in refused.text
    client = Client(node.url, "me")
    assert client.raw("PUT", "k", data=b"v").status_code == 201
    assert client.raw("GET", "k").content == b"v"
    assert node.stop() == 0
