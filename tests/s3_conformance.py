#!/usr/bin/env python3
"""By hand: runs the public conformance suite of S3, s3-tests, against a node of its own, and counts what passes by group.

    git clone https://github.com/ceph/s3-tests && pip install -r s3-tests/requirements.txt
    tests/s3_conformance.py FOLDER [--python PYTHON] [--day 24h] [PYTEST ARGUMENTS …]
    tests/s3_conformance.py FOLDER --server s3tests.conf [--python PYTHON] [PYTEST ARGUMENTS …]

FOLDER is the clone; PYTHON, which runs the suite, has its requirements. Tests of lifecycles need short days
(`--day 10s -k lifecycle`), and those of the headers that tell of them long ones, which is what there is without.
With --server the suite is run against another server, which the suite's own configuration tells of.
"""

import argparse
import collections
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "s3")]

from s3node import REGION, S3Node  # noqa: E402 (the path is set above)

# The first one that a test's name fits is its group.
GROUPS = [(name, re.compile(pattern)) for name, pattern in [
    ("headers and signatures", r"test_headers"),
    ("lifecycle", r"lifecycle|_lc_|restore|cloud"),
    ("access logs", r"logging"),
    ("encryption", r"sse_|encrypt|kms"),
    ("object lock", r"object_lock"),
    ("forms (POST)", r"post_object"),
    ("checksums", r"checksum|crc64"),
    ("conditional writes and deletes",
     r"(put|delete|multipart|mpu|write).*(if_?(none?_?)?match|conditional)|if_match.*(put|delete)|_if_(match|none)"),
    ("conditional reads", r"ifmatch|ifnone?match|ifmodified|ifunmodified|if_modified"),
    ("ranges", r"ranged_"),
    ("copies", r"copy"),
    ("uploads in parts", r"multipart|upload_part"),
    ("versioning", r"version"),
    ("public access block", r"public_block|block_public|ignore_public|public_acls|restrict_public"),
    ("policies", r"policy"),
    ("ownership", r"ownership"),
    ("CORS", r"cors"),
    ("tagging", r"tag"),
    ("ACLs", r"acl|grant|access_bucket"),
    ("listing v2", r"listv2|list_objects_v2|basic_key_count"),
    ("listing", r"bucket_list|list_many"),
    ("presigned and anonymous", r"raw_|anon|presign|x_amz_expires"),
    ("buckets", r"bucket"),
    ("objects", r""),
]]


def configuration(node):
    """What s3-tests.conf.SAMPLE of the suite shows, with users of this node."""
    lines = [
        "[DEFAULT]", "host = localhost", f"port = {node.s3_url.rsplit(':', 1)[1]}", "is_secure = False",
        "ssl_verify = False", "[fixtures]", "bucket prefix = conformance-{random}-"]
    sections = ["s3 main", "s3 alt", "s3 tenant", "iam", "iam root", "iam alt root"]
    for section in sections:
        user = node.add_user(section.replace(" ", "-"))
        lines += [
            f"[{section}]", f"display_name = {user.name}", f"user_id = {user.canonical_id}",
            f"email = {user.name}@example.com", f"access_key = {user.key}", f"secret_key = {user.secret}",
            f"api_name = {REGION}", "tenant = none", "lc_debug_interval = 10"]
    return "\n".join(lines) + "\n"


def group_of(test):
    name = f"{test.get('classname')}.{test.get('name')}"
    return next(group for group, pattern in GROUPS if pattern.search(name))


def tell(report):
    counts = collections.defaultdict(collections.Counter)
    failed = []
    for test in xml.etree.ElementTree.parse(report).iter("testcase"):
        outcome = (
            "failed" if test.find("failure") is not None or test.find("error") is not None
            else "left out" if test.find("skipped") is not None else "passed")
        counts[group_of(test)][outcome] += 1
        if outcome == "failed":
            failed.append(f"{group_of(test)}: {test.get('name')}")
    outcomes = ["passed", "failed", "left out"]
    print("| group | " + " | ".join(outcomes) + " |\n| --- |" + " ---: |" * len(outcomes))
    counts["all"] = sum(counts.values(), collections.Counter())
    for group in [name for name, _ in GROUPS if name in counts] + ["all"]:
        print(f"| {group} | " + " | ".join(str(counts[group][outcome]) for outcome in outcomes) + " |")
    print(*sorted(failed), sep="\n")


def run_suite(arguments, pytest_arguments, configuration_path, report):
    own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    subprocess.run(
        [arguments.python, "-m", "pytest", "-q", "--tb=line", "-p", "no:cacheprovider", f"--junitxml={report}",
         *(pytest_arguments or ["s3tests/functional/test_s3.py", "s3tests/functional/test_headers.py"])],
        cwd=arguments.folder, check=False,
        env=own | {
            "S3TEST_CONF": configuration_path, "AWS_DEFAULT_REGION": REGION, "AWS_EC2_METADATA_DISABLED": "true"})
    tell(report)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--day", default="24h")
    parser.add_argument("--server", metavar="CONFIGURATION")
    arguments, more = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as data:
        path, report = os.path.join(data, "s3tests.conf"), os.path.join(data, "report.xml")
        if arguments.server is not None:
            run_suite(arguments, more, os.path.abspath(arguments.server), report)
            return
        node = S3Node(data, [f"ciaos.lifecycle.day={arguments.day}", "ciaos.lifecycle.interval=1s"]).start()
        try:
            with open(path, "w", encoding="utf-8") as file:
                file.write(configuration(node))
            run_suite(arguments, more, path, report)
        finally:
            node.stop()


if __name__ == "__main__":
    main()
