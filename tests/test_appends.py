"""Many clients append to one key at once."""

import http.client
import threading
import time

import filelists

CLIENTS = 16
APPENDS = 10_000


def test_none_of_ten_thousand_appends_by_sixteen_clients_is_lost(node, client):
    client.put("key", [b"first"])
    finished, failures = [], []

    def append_all(number):
        connection = http.client.HTTPConnection("127.0.0.1", node.port, timeout=120)
        headers = {"User": client.session.headers["User"]}
        try:
            for i in range(APPENDS // CLIENTS):
                connection.request("POST", "/append/key", filelists.build([b"%d of %d" % (i, number)]), headers)
                answer = connection.getresponse()
                body = answer.read()
                if answer.status != 200:
                    failures.append((answer.status, body))
                    return
                finished.append(time.monotonic())
        finally:
            connection.close()

    threads = [threading.Thread(target=append_all, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    files = client.files("key")
    assert len(files) == APPENDS + 1 and files[0] == b"first"
    assert len(set(files)) == len(files)
    for number in range(CLIENTS):
        mine = [file for file in files if file.endswith(b" of %d" % number)]
        assert mine == [b"%d of %d" % (i, number) for i in range(APPENDS // CLIENTS)]

    # Nothing grows with what the key already holds. The bound is loose: the machine is shared.
    finished.sort()
    early, late = finished[1500] - finished[500], finished[-1] - finished[-1001]
    assert late < 4 * early + 1, (early, late)
