"""GET /events on a live node: everything once and in order, through kills of node and client, and to slow clients."""

import itertools
import threading
import time

import pytest
import requests
import urllib3

from client import Client
from eventstream import Events, by_key, told
from test_identity import answer

WRITERS = 4
KEYS = 500
EVENTS = 4 * KEYS


def ok(answer):
    assert answer.status_code < 300, (answer.status_code, answer.text)
    return answer


def user_of(client):
    return client.session.headers["User"]


def told_to(client, **query):
    return told(client.url, user_of(client), **query)


def follow(client, **query):
    events = Events(client.url, user_of(client), **query)
    assert events.response.status_code == 200, events.response.text
    return events


def in_order(changes):
    """As they are: but between shards there is no order, and so none of positions."""
    return sorted(({**change, "id": ""} for change in changes), key=lambda change: (change["shard"], change["seq"]))


def refusal(client, header=None, **query):
    events = Events(client.url, user_of(client), header, **query)
    return events.response.status_code, events.response.text


def test_what_happened_is_told_in_the_order_in_which_it_happened_to_each_key(client):
    ok(client.put("a", [b"1"]))
    ok(client.append("a", [b"22"]))
    etag = ok(client.raw("PUT", "a", data=b"333")).headers["ETag"].strip('"')
    ok(client.delete("a"))
    ok(client.put("folder/%C3%BC %0A\"x\"", [b""]))
    changes, position = told_to(client)
    assert by_key(changes) == {"a": ["put", "append", "put", "delete"], 'folder/ü \n"x"': ["put"]}
    mine = [change for change in changes if change["key"] == "a"]
    assert [change.get("size") for change in mine] == [1, None, 3, None]
    assert mine[2]["etag"] == etag
    assert [change["seq"] for change in mine] == sorted(change["seq"] for change in mine)
    assert len({change["shard"] for change in mine}) == 1
    assert all(change["at"].endswith("Z") for change in mine)
    assert told_to(client, after=position) == ([], position)


def test_a_client_can_go_on_behind_every_event(client):
    for i in range(30):
        ok(client.put(f"k{i % 7}-{i}", [b"x"]))
        ok(client.append(f"k{i % 7}-{i}", [b"y"]))
    everything, _ = told_to(client)
    assert len(everything) == 60
    for count, event in enumerate(everything, start=1):
        assert in_order(told_to(client, after=event["id"])[0]) == in_order(everything[count:])


def test_a_write_is_told_within_a_second_and_shows_in_reads_then(client):
    events = follow(client, after="now")
    stream = iter(events)
    assert next(stream)["type"] == "position"
    for i in range(20):
        began = time.monotonic()
        ok(client.put(f"k{i}", [b"x"]))
        event = next(event for event in stream if event["type"] != "position")
        assert time.monotonic() - began < 1
        assert (event["type"], event["key"]) == ("put", f"k{i}")
        assert client.files(f"k{i}") == [b"x"]
        ok(client.delete(f"k{i}"))
        assert next(event for event in stream if event["type"] != "position")["type"] == "delete"
        assert client.files(f"k{i}") is None
    events.close()


def test_a_rename_is_a_delete_and_a_put(client):
    for i in range(40):
        ok(client.put(f"old{i}", [b"x"]))
        ok(client.update_key(f"old{i}", f"new{i}-{i * i}"))
    changes, _ = told_to(client)
    shards = {change["key"]: change["shard"] for change in changes}
    assert {shards[f"old{i}"] == shards[f"new{i}-{i * i}"] for i in range(40)} == {True, False}
    for i in range(40):
        old = [change for change in changes if change["key"] == f"old{i}"]
        new = [change for change in changes if change["key"] == f"new{i}-{i * i}"]
        assert [change["type"] for change in old] == ["put", "delete"]
        assert [change["type"] for change in new] == ["put"]
        assert old[1]["renamed_to"] == f"new{i}-{i * i}"
        assert new[0]["renamed_from"] == f"old{i}"
    halves = [
        event for event in changes if "renamed_to" in event and event["shard"] == shards[event["renamed_to"]]]
    again = [(event["type"], event["key"]) for event in told_to(client, after=halves[0]["id"])[0]]
    first = again.index(("delete", halves[0]["key"]))  # Told again: its event has another half.
    assert again[first + 1] == ("put", halves[0]["renamed_to"])


def test_only_keys_with_the_prefix_and_of_the_user_are_told(client, node):
    other = Client(node.url, user_of(client) + "-other")
    for i in range(5):
        ok(client.put(f"a/{i}", [b"x"]))
        ok(client.put(f"b+/{i}", [b"x"]))
        ok(other.put(f"a/{i}", [b"x"]))
    assert set(by_key(told_to(client, prefix="b+/")[0])) == {f"b+/{i}" for i in range(5)}
    assert len(told_to(client)[0]) == 10
    assert told_to(Client(node.url, user_of(client) + "-nobody"))[0] == []


def test_who_has_nothing_yet_is_told_of_the_first_write(node):
    newcomer = Client(node.url, "newcomer")
    stream = iter(follow(newcomer, after="now"))
    assert next(stream)["type"] == "position"
    ok(newcomer.put("first", [b"x"]))
    assert next(stream)["key"] == "first"


def test_positions_that_make_no_sense_are_refused(client):
    ok(client.put("a", [b"x"]))
    position = told_to(client)[1]
    for bad in ("1", "x", position + "-0", position.replace("-", ","), "-" + position, "99999999999999999999-0"):
        status, text = refusal(client, after=bad)
        assert (status, "hyphens" in text) == (400, True), bad
    assert refusal(client, follow="maybe")[0] == 400
    assert refusal(client, prefix="x" * 2000)[0] == 400
    ahead = "-".join("1000000" for _ in position.split("-"))
    status, text = refusal(client, after=ahead)
    assert (status, "another store" in text) == (410, True)
    assert requests.post(client.url + "/events", headers=client.session.headers).status_code == 405
    assert requests.get(client.url + "/events").status_code == 400


def test_the_header_of_a_client_that_connects_again_goes_before_the_parameter(client):
    for i in range(10):
        ok(client.put(f"k{i}", [b"x"]))
    everything, _ = told_to(client)
    events = Events(client.url, user_of(client), header=everything[6]["id"], after="", follow=0)
    assert in_order(events.changes()) == in_order(everything[7:])


def write_all(url, user, ledger, first, count):
    """Puts keys of its own, each three times changed, and notes what was acknowledged. Goes on through a restart."""
    client = Client(url[0], user)
    for i in range(first, first + count):
        for change in (client.put, client.append, client.append, client.delete):
            arguments = (f"key{i}",) if change == client.delete else (f"key{i}", [b"x"])
            while True:
                try:
                    client.url = url[0]
                    answer = change(*arguments)
                except requests.RequestException:
                    time.sleep(0.05)
                    continue
                if answer.status_code < 300:
                    break
                if (change, answer.status_code) in ((client.put, 400), (client.delete, 404)):
                    break  # The try before it was stored, and its answer lost.
                time.sleep(0.05)
        ledger.append(i)


def test_every_change_is_told_exactly_once_through_kills_of_node_and_client(make_node):
    node = make_node("ciaos.feed.page-events=37").start()
    url, ledger, taken, position = [node.url], [], [], ""
    writers = [
        threading.Thread(target=write_all, args=(url, "me", ledger, n * 1000, KEYS // WRITERS))
        for n in range(WRITERS)]
    for writer in writers:
        writer.start()
    drops = iter(range(101, EVENTS, 173))
    next_drop = next(drops)
    kills = [3 * EVENTS // 4, EVENTS // 4]
    while True:
        try:
            events = Events(node.url, "me", after=position, follow=int(len(ledger) < KEYS))
        except requests.ConnectionError:
            time.sleep(0.05)
            continue
        assert events.response.status_code in (200, 503), events.response.text
        try:
            for event in events.changes():
                taken.append(event)
                position = event["id"]
                if kills and len(taken) >= kills[-1]:
                    kills.pop()
                    node.kill()
                    url[0] = node.start().url
                if len(taken) >= next_drop:
                    next_drop = next(drops, 10 * EVENTS)
                    break
                if len(ledger) == KEYS:
                    break
            else:
                if events.response.status_code == 200 and not any(writer.is_alive() for writer in writers):
                    break
        except urllib3.exceptions.HTTPError:
            pass  # The node was killed in the middle of the answer.
        events.close()
    places = [(event["shard"], event["seq"]) for event in taken]
    assert len(places) == len(set(places)) >= EVENTS
    assert in_order(taken) == in_order(told(node.url, "me")[0])
    histories = by_key(taken)
    assert len(histories) == len(ledger) == KEYS
    for key, history in histories.items():
        assert (history[0], history[-1]) == ("put", "delete"), key
        # An append whose answer was lost was sent again, without a token to tell that it is the same.
        assert len(history) >= 4 and set(history[1:-1]) == {"append"}, key


def test_a_client_that_does_not_read_holds_up_nobody_and_misses_nothing(client):
    long = "k" * 900
    slow = follow(client)
    time.sleep(0.2)
    keys = [f"{long}{i:05}" for i in range(1500)]
    threads = [
        threading.Thread(target=put_all, args=(Client(client.url, user_of(client)), keys[n::4])) for n in range(4)]
    for thread in threads:
        thread.start()
    quick = follow(client)
    seen = [event["key"] for event in itertools.islice(quick.changes(), len(keys))]
    for thread in threads:
        thread.join()
    assert sorted(seen) == keys
    assert sorted(event["key"] for event in itertools.islice(slow.changes(), len(keys))) == keys
    slow.close()
    quick.close()


def put_all(client, keys):
    for key in keys:
        ok(client.put(key, [b"x"]))


def test_followers_are_bounded_and_idle_ones_stay_connected_and_end_with_the_node(make_node):
    node = make_node(
        "ciaos.http.max-followers=3", "ciaos.http.follower-keep-alive=1s", "ciaos.http.min-body-rate=1MiB",
        "ciaos.http.min-body-rate-grace=2s", "ciaos.http.shutdown-timeout=30s").start()
    me, other = Client(node.url, "me"), Client(node.url, "other")
    ok(me.put("first", [b"x"]))
    followers = [follow(me) for _ in range(3)]
    streams = [iter(follower) for follower in followers]
    assert [next(stream)["key"] for stream in streams] == ["first"] * 3
    assert refusal(me)[0] == 503
    stopped_at = followers[0].position
    time.sleep(3.5)  # More than the grace for those who do not take what they are sent.
    ok(other.put("strange", [b"x"]))
    positions = [next(stream) for stream in streams]
    assert {event["type"] for event in positions} == {"position"}
    assert positions[0]["key"] == "" and positions[0]["id"] != stopped_at
    ok(me.put("second", [b"x"]))
    assert [next(stream)["key"] for stream in streams] == ["second"] * 3
    assert min(follower.comments for follower in followers) >= 3
    followers[2].close()
    deadline = time.monotonic() + 10
    while refusal(me, follow=0)[0] == 503:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    began = time.monotonic()
    assert node.stop() == 0, node.log()
    assert time.monotonic() - began < 10
    for stream in streams[:2]:
        assert [event for event in stream if event["type"] != "position"] == []  # An orderly end, no broken answer.


def test_a_policy_hides_keys_and_a_key_that_is_not_good_any_more_ends_the_following(make_node):
    node = make_node("ciaos.http.authentication=on", "ciaos.http.follower-keep-alive=1s").start()
    answer(node, "user", "add", "ann")
    answer(node, "key", "create", "ann", "--access-key", "ANNKEY", "--secret-key", "ann-secret")
    policy = '{"Statement":{"Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::ann/secret/*"}}'
    answer(node, "policy", "put", "ann", "hide", "-", text=policy)
    client = Client(node.url, "ann")
    client.session.headers["Authorization"] = "Bearer ANNKEY:ann-secret"
    for key in ("a", "secret/b", "c"):
        ok(client.put(key, [b"x"]))
    assert Events(node.url, "ann").response.status_code == 401
    changes = Events(node.url, "ann", key="ANNKEY:ann-secret").changes()
    assert sorted((next(changes)["key"], next(changes)["key"])) == ["a", "c"]
    answer(node, "key", "deactivate", "ANNKEY")
    with pytest.raises(urllib3.exceptions.ProtocolError):
        assert list(changes) == []
