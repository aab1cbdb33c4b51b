"""One large file up and down: the package against curl on /raw, in turns, and the peak of the package's memory.

    python3 clients/python/bench/transfers.py --mib 3072

Needs curl and, at a time, three times the file's size of free disk. Prints a line for each; the best of the rounds
counts, since others' load only ever makes it slower.
"""

import os
import subprocess
import sys

from bench_node import arguments, node_and_folder

PROGRAM = """
import resource, sys, time
from ciaos import Ciaos, Config
what, url, user, key, path = sys.argv[1:]
client = Ciaos(Config(url, user, ""))
begun = time.perf_counter()
client.put_file(path, key) if what == "up" else client.get_to(key, path)
print(time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def with_package(what, url, user, key, path):
    """(seconds, peak in KiB) in a process of its own. Its start, and that of curl, do not count."""
    environment = {**os.environ, "PYTHONPATH": sys.path[0]}
    done = subprocess.run([sys.executable, "-c", PROGRAM, what, url, user, key, path], check=True, capture_output=True,
                          text=True, env=environment)
    seconds, peak = done.stdout.split()
    return float(seconds), int(peak)


def with_curl(what, url, user, key, path):
    way = ["-T", path] if what == "up" else ["-o", path]
    done = subprocess.run(
        ["curl", "-sS", "--fail", "-H", f"User: {user}", "-H", "Expect:", "-w", "%{stderr}%{time_total}", *way,
         f"{url}/raw/{key}"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    return float(done.stderr), 0


def main():
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--mib", type=int, default=256, help="size of the file")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    from ciaos import Ciaos, Config
    with node_and_folder(given) as (url, folder):
        path, copy = os.path.join(folder, "file"), os.path.join(folder, "copy")
        block = os.urandom(1 << 20)
        with open(path, "wb") as file:
            for _ in range(given.mib):
                file.write(block)
        client = Ciaos(Config(url, given.user, ""))
        best, peak = {}, 0
        for _ in range(given.rounds):
            for name, run in (("curl", with_curl), ("package", with_package)):
                for what in ("up", "down"):
                    # Both write new files: to give back the pages of an old one costs as much as writing it did.
                    if os.path.exists(copy):
                        os.unlink(copy)
                    seconds, used = run(what, url, given.user, f"bench/{name}", path if what == "up" else copy)
                    best[what, name] = min(seconds, best.get((what, name), seconds))
                    peak = max(peak, used)
                assert os.path.getsize(copy) == given.mib << 20
                client.remove(f"bench/{name}")
        for what in ("up", "down"):
            rates = {name: given.mib / best[what, name] for name in ("curl", "package")}
            print(f"{what:5} curl {rates['curl']:7.0f} MiB/s   package {rates['package']:7.0f} MiB/s   "
                  f"ratio {rates['package'] / rates['curl']:.2f}")
        print(f"peak  {peak / 1024:.0f} MiB of memory")


if __name__ == "__main__":
    main()
