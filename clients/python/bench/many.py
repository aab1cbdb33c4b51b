"""Many small objects: one by one against batches, in one Python process.

    python3 clients/python/bench/many.py --objects 100000

One by one a part of them is read, which is enough to know the rate.
"""

import os
import resource
import time

from bench_node import arguments, node_and_folder


def main():
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--objects", type=int, default=10_000)
    parser.add_argument("--bytes", type=int, default=10 << 10, help="of each")
    parser.add_argument("--singly", type=int, default=2_000, help="how many are read one by one")
    given = parser.parse_args()
    from ciaos import Ciaos, Config
    with node_and_folder(given) as (url, _):
        client = Ciaos(Config(url, given.user, ""))
        content = os.urandom(given.bytes)
        keys = [f"bench/{n:08}" for n in range(given.objects)]
        rate = {}

        def timed(name, count, work):
            begun = time.perf_counter()
            done = work()
            seconds = time.perf_counter() - begun
            assert done == count, f"{name}: {done} of {count}"
            rate[name] = count / seconds
            print(f"{name:28} {rate[name]:9,.0f} objects/s  {rate[name] * given.bytes / (1 << 20):7.0f} MiB/s",
                  flush=True)

        singly = keys[:given.singly]
        timed("put_many", len(keys), lambda: sum(each.ok for each in client.put_many((key, content) for key in keys)))
        timed("get, one by one", len(singly), lambda: sum(len(client.get(key)[0]) == given.bytes for key in singly))
        timed("read, one by one", len(singly), lambda: sum(len(client.read(key)) == given.bytes for key in singly))
        for ordered in (False, True):
            timed(f"get_many, {'as asked' if ordered else 'as they lie'}", len(keys), lambda: sum(
                len(files[0]) == given.bytes for _, files in client.get_many(keys, ordered=ordered)))
        ratio = rate["get_many, as they lie"] / rate["get, one by one"]
        print(f"get_many is {ratio:.1f} times as fast; "
              f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
