"""A client of GET /events: plain requests, and the few lines that server-sent events take."""

import json

import requests

TIMEOUT_SECONDS = 30


class Events:
    """Iterating gives the data of each event as a dictionary, with the position behind it as "id"."""

    def __init__(self, url, user, header=None, key=None, **query):
        headers = {"User": user}
        if key is not None:
            headers["Authorization"] = "Bearer " + key
        if header is not None:
            headers["Last-Event-ID"] = header
        self.response = requests.get(
            url + "/events", params=query, headers=headers, stream=True, timeout=TIMEOUT_SECONDS)
        self.position = query.get("after", "")
        self.comments = 0

    def __iter__(self):
        event = {}
        for line in self._lines():
            if line.startswith(b":"):
                self.comments += 1
            elif line:
                name, value = line.decode().split(": ", 1)
                assert name not in event
                event[name] = value
            elif event:
                data = json.loads(event["data"])
                assert data["type"] == event["event"]
                data["id"] = self.position = event["id"]
                event = {}
                yield data

    def changes(self):
        return (event for event in self if event["type"] != "position")

    def close(self):
        self.response.close()

    def _lines(self):
        rest = b""
        for piece in self.response.raw.stream(65536, decode_content=False):
            *lines, rest = (rest + piece).split(b"\n")
            yield from lines


def told(url, user, **query):
    """Everything that is there now, and the position behind it."""
    events = Events(url, user, follow=0, **query)
    assert events.response.status_code == 200, events.response.text
    changes = list(events.changes())
    return changes, events.position


def by_key(changes):
    """What was told of each key, in order."""
    keys = {}
    for change in changes:
        keys.setdefault(change["key"], []).append(change["type"])
    return keys
