"""The feed of changes is read whole, and taken up where it broke off."""

import datetime
import json
from urllib.parse import parse_qs, urlsplit

import itertools
import pytest
from ciaos import Ciaos, Config, PositionGone, ServerUnavailable, StoreEvent
from scripted import CUT, ScriptedServer, answer


def message(position, kind, **data):
    return f"id: {position}\nevent: {kind}\ndata: {json.dumps(data)}\n\n".encode()


def put(number):
    return message(f"{number}-0", "put", type="put", key=f"k{number}", etag="e", size=number,
                   at="2026-11-22T12:00:00.5Z", shard=0, seq=number)


def feed(*pieces, finished=True):
    reply = answer(200, pieces, chunked=True, finished=finished, Content_Type="text/event-stream")
    return reply if finished else (reply, CUT)


def client_of(server, **settings):
    return Ciaos(Config(server.url, "me", "", **{"backoff": 0.001, **settings}))


def query(asked):
    return {name: value[0] for name, value in parse_qs(urlsplit(asked.path).query, keep_blank_values=True).items()}


def test_an_event_has_what_the_server_tells():
    renamed = message("2-0", "delete", type="delete", key="a\nü", renamed_to="b", at="2026-11-22T12:00:00Z", shard=1,
                      seq=4)
    with ScriptedServer(feed(put(1), b": keep-alive\n\n", renamed)) as server:
        first, second = client_of(server).events(after="0-0", prefix="k &", follow=False)
        assert first == StoreEvent(
            "1-0", "put", "k1", "e", 1, datetime.datetime(2026, 11, 22, 12, 0, 0, 500_000, datetime.timezone.utc), 0, 1)
        assert (second.type, second.key, second.renamed_to, second.etag) == ("delete", "a\nü", "b", None)
        assert query(server.asked[0]) == {"after": "0-0", "prefix": "k &", "follow": "0"}


@pytest.mark.parametrize("size", [1, 5, 1000])
def test_messages_are_found_however_they_are_cut(size):
    joined = put(1) + b": comment\n\n" + put(2).replace(b"\n", b"\r\n") + put(3)
    pieces = [joined[at:at + size] for at in range(0, len(joined), size)]
    with ScriptedServer(feed(*pieces)) as server:
        assert [event.key for event in client_of(server).events(follow=False)] == ["k1", "k2", "k3"]


def test_a_broken_feed_is_taken_up_behind_the_last_event():
    position = message("7-7", "position")
    script = [
        feed(put(1), put(2), put(3)[:20], finished=False), CUT, answer(503, b"Starting"), feed(put(3), position),
        feed(put(8), finished=False), feed(put(9))]
    with ScriptedServer(*script) as server:
        # More failures than retries: a follower waits for as long as it takes, once it was connected.
        events = list(itertools.islice(client_of(server, retries=1).events(), 5))
        assert [event.key for event in events] == ["k1", "k2", "k3", "k8", "k9"]
        assert [query(asked)["after"] for asked in server.asked] == ["", "2-0", "2-0", "2-0", "7-7", "8-0"]


def test_positions_are_told_to_who_asks():
    with ScriptedServer(feed(put(1), message("7-7", "position"))) as server:
        events = list(client_of(server).events(follow=False, positions=True))
        assert [(event.type, event.position, event.key) for event in events] == [
            ("put", "1-0", "k1"), ("position", "7-7", "")]


def test_the_changes_of_a_node(client):
    client.put_bytes("a/1", b"one")
    start = [event.position for event in client.events(follow=False)][-1]
    told = client.events(after=start, prefix="a/")
    client.append("a/1", [b"two"])
    client.put_bytes("b", b"")
    client.put_bytes("a/2", b"")
    client.rename("a/1", "a/3")
    client.remove("a/2")
    client.put_bytes("a/last", b"123")
    events = list(itertools.islice(iter(lambda: next(told), None), 6))
    assert {(event.type, event.key, event.renamed_to, event.renamed_from) for event in events} == {
        ("append", "a/1", None, None), ("put", "a/2", None, None), ("delete", "a/1", "a/3", None),
        ("put", "a/3", None, "a/1"), ("delete", "a/2", None, None), ("put", "a/last", None, None)}
    # Of one key they come in their order; and from any position on what is told is the rest.
    assert [event.type for event in events if event.key == "a/2"] == ["put", "delete"]
    last = next(event for event in events if event.key == "a/last")
    assert (last.size, last.etag) == (3, client.stat("a/last").etag) and last.at.tzinfo is not None
    every = list(client.events(follow=False))
    assert len(every) == 8
    for number, event in enumerate(every):
        rest = list(client.events(after=event.position, follow=False))
        assert {each.key for each in rest} >= {each.key for each in every[number + 1:]}
        assert len(rest) in (len(every) - number - 1, len(every) - number)
    assert list(client.events(after="now", follow=False)) == []


def test_what_is_gone_and_who_is_not_there_are_errors():
    with ScriptedServer(answer(410, b"The journal begins at 5-5")) as server:
        with pytest.raises(PositionGone, match="begins at"):
            next(client_of(server).events(after="1-1"))
    with pytest.raises(ServerUnavailable):
        next(client_of(server, retries=1).events())
