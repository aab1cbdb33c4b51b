#!/usr/bin/python3
"""What measuring costs: GET of 4 KiB by wrk, on a node that measures and on one that does not, in turn.

    tests/metrics_cost.py [ROUNDS] [SECONDS]
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile

import requests

from node import Node


def run(node, seconds):
    """Requests a second, and microseconds of the node's processor time for each."""
    before = processor_seconds(node)
    done = subprocess.run(
        ["wrk", "-t2", "-c64", f"-d{seconds}s", "-H", "User: me", node.url + "/raw/key"], capture_output=True, text=True,
        timeout=seconds + 30, check=True).stdout
    requested = int(re.search(r"(\d+) requests in", done)[1])
    return requested / seconds, (processor_seconds(node) - before) / requested * 1e6


def processor_seconds(node):
    with open(f"/proc/{node.process.pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main():
    rounds, seconds = ([int(given) for given in sys.argv[1:]] + [9, 5][len(sys.argv) - 1:])
    with tempfile.TemporaryDirectory() as on, tempfile.TemporaryDirectory() as off:
        nodes = {"on": Node(on), "off": Node(off, ["ciaos.metrics.enabled=off"])}
        seen = {"on": [], "off": []}
        try:
            for node in nodes.values():
                node.start()
                requests.put(node.url + "/raw/key", data=b"x" * 4096, headers={"User": "me"}, timeout=30)
                run(node, 3)
            for number in range(rounds):
                for name in ("on", "off") if number % 2 else ("off", "on"):
                    seen[name].append(run(nodes[name], seconds))
        finally:
            for node in nodes.values():
                node.kill()
    print(f"load average {os.getloadavg()[0]:.0f}, medians of {rounds} rounds of {seconds} s")
    rates, costs = ({name: statistics.median(one[field] for one in seen[name]) for name in seen} for field in (0, 1))
    for title, values in (("requests/s", rates), ("CPU us/request", costs)):
        ratio = values["on"] / values["off"]
        print(f"{title:15} measured {values['on']:9.1f}   not measured {values['off']:9.1f}   ratio {ratio:.3f}")
    ratios = sorted(one[1] / other[1] for one, other in zip(seen["on"], seen["off"]))
    print("CPU ratio of each round:", " ".join(f"{ratio:.2f}" for ratio in ratios))


if __name__ == "__main__":
    main()
