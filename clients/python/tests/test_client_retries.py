"""What is sent again, what is not, and that nothing is done twice: against a server that fails as it is told."""

import io
import time

import pytest
from ciaos import (
    AccessDenied, BadRequest, Ciaos, CiaosError, Config, KeyExists, KeyNotFound, ServerError, ServerUnavailable,
    SourceEnded, StorageFull, TransferBroken)
from scripted import CUT, ScriptedServer, answer

import filelists

STORED = answer(201, b"Data uploaded successfully: key = k", ETag='"1-1"')
BUSY = answer(503, b"Starting", Retry_After="0")
BUSY_AND_CLOSED = (BUSY, CUT)


def client_of(server, **settings):
    return Ciaos(Config(server.url, "me", "", **{"backoff": 0.001, **settings}))


def idempotency_keys(server):
    return [each.headers.get("Idempotency-Key") for each in server.asked]


@pytest.mark.parametrize("failure", [CUT, (b"", CUT), BUSY, BUSY_AND_CLOSED, answer(429, b"Slower")],
                         ids=["reset", "closed", "busy", "busy and closed", "too many"])
def test_a_write_is_repeated_with_the_same_idempotency_key(failure):
    with ScriptedServer(failure, failure, STORED) as server:
        assert client_of(server).put_bytes("k", b"data").etag == "1-1"
        assert [each.body for each in server.asked] == [b"data"] * 3
        first, *others = idempotency_keys(server)
        assert len(first) == 36 and others == [first, first]


def test_each_write_has_an_idempotency_key_of_its_own():
    with ScriptedServer(STORED) as server:
        client = client_of(server)
        client.put_bytes("k", b"1")
        client.put_stream("k", io.BytesIO(b"2"))
        client.put_binary("k", [b"3"])
        client.update("k", [b"4"])
        client.append("k", [b"5"])
        assert len(set(idempotency_keys(server))) == 5 and None not in idempotency_keys(server)


def test_an_append_is_repeated_with_the_same_idempotency_key():
    with ScriptedServer(CUT, BUSY, answer(200, b"Data appended successfully: key = k", ETag='"2"')) as server:
        assert client_of(server).append_bytes("k", [b"a", b"b"]) == "2"
        assert len(set(idempotency_keys(server))) == 1 and len(server.asked) == 3
        assert [bytes(file) for file in filelists.read(server.asked[2].body)] == [b"a", b"b"]


def test_it_is_given_up_after_as_many_repeats_as_configured():
    with ScriptedServer(BUSY) as server:
        with pytest.raises(ServerUnavailable) as raised:
            client_of(server, retries=3).stat("k")
        assert len(server.asked) == 4
        assert (raised.value.status, raised.value.text, raised.value.key) == (503, "Starting", "k")
    with ScriptedServer(CUT) as server:
        with pytest.raises(ServerUnavailable) as raised:
            client_of(server, retries=0).stat("k")
        assert len(server.asked) == 1 and raised.value.status is None


def test_nobody_there_is_unavailable():
    with ScriptedServer(STORED) as server:
        pass
    with pytest.raises(ServerUnavailable, match="refused"):
        client_of(server, retries=2).stat("k")


def test_the_pause_that_the_server_asks_for_is_made():
    with ScriptedServer(answer(503, b"", Retry_After="1"), STORED) as server:
        begun = time.monotonic()
        client_of(server).put_bytes("k", b"")
        assert 1 <= time.monotonic() - begun < 5


def test_a_pause_that_nobody_would_wait_for_is_an_error_at_once():
    with ScriptedServer(answer(503, b"Come back tomorrow", Retry_After="86400"), STORED) as server:
        with pytest.raises(ServerUnavailable, match="tomorrow"):
            client_of(server).stat("k")
        assert len(server.asked) == 1


@pytest.mark.parametrize("status, kind", [
    (400, BadRequest), (401, AccessDenied), (403, AccessDenied), (404, KeyNotFound), (409, KeyExists),
    (413, BadRequest), (422, BadRequest), (500, ServerError), (507, StorageFull)])
def test_what_will_not_pass_is_not_repeated(status, kind):
    with ScriptedServer(answer(status, b"why", X_Request_Id="R:1"), STORED) as server:
        with pytest.raises(kind) as raised:
            client_of(server).put_bytes("k", b"data")
        error = raised.value
        assert (error.status, error.text, error.key, error.request_id) == (status, "why", "k", "R:1")
        assert "why" in str(error) and "R:1" in str(error)
        assert isinstance(error, CiaosError) and len(server.asked) == 1
        assert isinstance(error, KeyError) == (status == 404)


class Unseekable:
    def __init__(self, data):
        self._file = io.BytesIO(data)

    def read(self, size):
        return self._file.read(size)


def test_a_stream_that_cannot_go_back_is_sent_once():
    with ScriptedServer(BUSY, STORED) as server:
        with pytest.raises(ServerUnavailable):
            client_of(server).put_stream("k", Unseekable(b"data"))
        assert len(server.asked) == 1 and server.asked[0].body == b"data"


def test_a_stream_that_can_go_back_is_sent_again_from_where_it_stood():
    file = io.BytesIO(b"skipped" + b"data" * 1_000_000)
    file.seek(7)
    with ScriptedServer(BUSY, STORED) as server:
        told = []
        info = client_of(server).put_stream("k", file, progress=lambda done, total: told.append((done, total)))
        assert info.size == 4_000_000
        assert [each.body == b"data" * 1_000_000 for each in server.asked] == [True, True]
        assert told[-1] == (4_000_000, 4_000_000) and told.count(told[-1]) == 2


def test_a_file_is_sent_again_from_its_beginning(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"x" * 3_000_000)
    with ScriptedServer(CUT, STORED) as server:
        assert client_of(server).put_file(path, "k").size == 3_000_000
        assert [len(each.body) for each in server.asked] == [3_000_000] * 2


def test_a_source_shorter_than_announced_breaks_the_transfer():
    with ScriptedServer(STORED) as server:
        with pytest.raises(SourceEnded, match="4 of the 10 bytes"):
            client_of(server).put_stream("k", io.BytesIO(b"data"), size=10)
        assert all(len(each.body) < 10 for each in server.asked)


@pytest.mark.parametrize("size", [None, 10])
@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), ConnectionResetError("another's"), KeyError("k")],
                         ids=lambda error: type(error).__name__)
def test_what_a_source_raises_is_raised_as_it_is_and_nothing_is_sent_again(error, size):
    class Broken(io.BytesIO):
        def read(self, count=-1):
            if self.tell():
                raise error
            return super().read(4)

        def readinto(self, view):
            view[:4] = self.read()
            return 4

    with ScriptedServer(STORED) as server:
        with pytest.raises(type(error)) as raised:
            client_of(server).put_stream("k", Broken(b"data and more"), size=size)
        assert raised.value is error and len(server.asked) <= 1
        assert all(b"more" not in each.body for each in server.asked)


def test_what_a_callback_raises_is_raised_as_it_is():
    def full(*_):
        raise OSError(28, "No space left on device")

    with ScriptedServer(STORED) as server:
        with pytest.raises(OSError, match="No space left"):
            client_of(server).put_stream("k", io.BytesIO(b"data"), progress=full)
    with ScriptedServer(ranged(CONTENT)) as server:
        with pytest.raises(OSError, match="No space left"):
            client_of(server).get_to("k", io.BytesIO(), progress=full)


def test_text_is_no_content():
    with ScriptedServer(STORED) as server:
        with pytest.raises(TypeError, match="binary"):
            client_of(server).put_stream("k", io.StringIO("text"))


@pytest.mark.parametrize("size", [None, 64 << 20])
def test_an_answer_that_comes_before_the_body_was_read_is_found(size):
    """The server refuses and closes while we still send: the refusal is the result, and not a broken pipe."""
    class Endless(io.RawIOBase):
        def readinto(self, view):
            view[:] = bytes(len(view))
            return len(view)

        def read(self, count):
            return bytes(count)

    refusal = (answer(507, b"The disk is full", Connection="close"), CUT)
    with ScriptedServer(refusal, unread=True) as server:
        # A reset may overtake the answer, as on any network; then it is asked again.
        with pytest.raises((StorageFull, ServerUnavailable)):
            client_of(server).put_stream("k", Endless(), size=size)


def test_a_kept_connection_that_the_server_closed_is_replaced_without_a_second_request():
    with ScriptedServer(answer(200, b"text")) as server:
        client = client_of(server)
        assert client.append("k", [b"1"]) == "text"
        server.cut_all()
        time.sleep(0.05)
        assert client.append("k", [b"2"]) == "text" and client.delete("k") == "text"
        assert len(server.asked) == 3 and server.connections == 2


@pytest.mark.parametrize("closed", [CUT, (b"", CUT)], ids=["reset", "closed"])
def test_the_original_methods_try_once_more_where_a_kept_connection_was_cut(closed):
    text = answer(200, b"text")
    with ScriptedServer(text, closed, text, closed, text, closed, closed, text) as server:
        client = client_of(server)
        client.delete("first")
        assert client.append("k", [b"1"]) == "text"
        keys = idempotency_keys(server)[1:]
        assert len(keys) == 2 and keys[0] == keys[1] is not None
        assert client.put_binary("k", [b"2"]).text == "text"
        # Twice in a row is no stale connection any more.
        assert client.append("k", [b"3"]) is None


def test_the_original_methods_do_not_repeat_what_failed_on_a_new_connection():
    with ScriptedServer(CUT, answer(200, b"text")) as server:
        assert client_of(server).append("k", [b"1"]) is None
        assert len(server.asked) == 1


def test_a_rename_of_which_the_answer_was_lost_is_no_failure():
    gone, there = answer(404, b"No data found for key: old"), answer(200, b'{"key":"new","size":1}')
    with ScriptedServer(CUT, gone, there) as server:
        client_of(server).rename("old", "new")
        assert [each.path for each in server.asked] == ["/update_key/old/new"] * 2 + ["/stat/new"]
    with ScriptedServer(CUT, gone, gone) as server, pytest.raises(KeyNotFound):
        client_of(server).rename("old", "new")
    with ScriptedServer(gone, there) as server, pytest.raises(KeyNotFound):
        client_of(server).rename("old", "new")
    with ScriptedServer(answer(200, b"text"), CUT, gone) as server:
        client = client_of(server)
        client.delete("first")
        assert client.update_key("old", "new") is None


def test_a_removal_of_which_the_answer_was_lost_is_no_failure():
    gone = answer(404, b"No data found for key: k")
    with ScriptedServer(CUT, gone) as server:
        client_of(server).remove("k")
    with ScriptedServer(gone) as server, pytest.raises(KeyNotFound):
        client_of(server).remove("k")


def ranged(content, etag='"7"', most=None):
    """Serves ranges of the content, `most` bytes of an answer before it is cut."""
    def serve(asked):
        first = int((asked.headers.get("Range") or "bytes=0-")[len("bytes="):].split("-")[0])
        if asked.headers.get("If-Match") not in (None, etag):
            return answer(412, b"Precondition failed")
        body = content[first:]
        status = 206 if "Range" in asked.headers else 200
        extra = {"Content_Range": f"bytes {first}-{len(content) - 1}/{len(content)}"} if status == 206 else {}
        if most is None or len(body) <= most:
            return answer(status, body, ETag=etag, **extra)
        return answer(status, body[:most], announced=len(body), ETag=etag, **extra), CUT
    return serve


CONTENT = bytes(range(256)) * 20_000  # 5 MB


def test_a_broken_download_goes_on_where_it_broke(tmp_path):
    path = tmp_path / "file"
    told = []
    with ScriptedServer(ranged(CONTENT, most=1_500_000)) as server:
        info = client_of(server, retries=2).get_to("k", path, progress=lambda done, total: told.append((done, total)))
        assert path.read_bytes() == CONTENT and info.size == len(CONTENT) and info.etag == "7"
        assert told[-1] == (len(CONTENT), len(CONTENT))
        # All that came counts; more failures than retries are no harm while each brings something.
        assert len(server.asked) == 4
        assert server.asked[0].headers.get("Range") is None
        for each in server.asked[1:]:
            assert each.headers["If-Match"] == '"7"' and each.headers["Range"].startswith("bytes=")
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_a_broken_download_goes_on_in_a_file_that_cannot_seek():
    class Pipe:
        def __init__(self):
            self.blocks = []

        def write(self, block):
            self.blocks.append(block)

    pipe = Pipe()
    with ScriptedServer(ranged(CONTENT, most=2_500_000)) as server:
        client_of(server).get_to("k", pipe)
    assert b"".join(pipe.blocks) == CONTENT


def test_a_download_of_an_object_that_is_replaced_meanwhile_begins_again(tmp_path):
    other = CONTENT[::-1]
    cut = ranged(CONTENT, etag='"1"', most=2_000_000)
    path = tmp_path / "file"
    with ScriptedServer(cut, ranged(other, etag='"2"')) as server:
        assert client_of(server).get_to("k", path).etag == "2"
    assert path.read_bytes() == other


def test_a_download_that_does_not_come_to_an_end_leaves_nothing(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"before")
    with ScriptedServer(ranged(CONTENT, most=0)) as server:
        with pytest.raises(TransferBroken):
            client_of(server, retries=2).get_to("k", path)
        assert len(server.asked) == 3
    assert path.read_bytes() == b"before" and [each.name for each in tmp_path.iterdir()] == ["file"]


def test_another_range_than_the_one_asked_for_is_refused():
    wrong = answer(206, b"abc", Content_Range="bytes 0-2/10")
    with ScriptedServer(wrong) as server, pytest.raises(TransferBroken, match="bytes 0-2/10"):
        client_of(server).read("k", 5, 3)


def test_a_cut_small_answer_is_asked_for_again():
    whole = b'{"key":"k","size":3}'
    with ScriptedServer((answer(200, whole[:9], announced=len(whole)), CUT), answer(200, whole)) as server:
        assert client_of(server).stat("k").size == 3
        assert len(server.asked) == 2


def test_time_outs():
    def silent(_):
        time.sleep(2)
        return answer(200, b"{}")

    with ScriptedServer(silent) as server:
        begun = time.monotonic()
        with pytest.raises(ServerUnavailable, match="[Tt]imed out"):
            client_of(server, read_timeout=0.1, retries=1).stat("k")
        assert time.monotonic() - begun < 1.8
        assert client_of(server, read_timeout=0.1).delete("k") == "{}"


def test_an_answer_that_was_not_read_to_its_end_costs_the_connection_and_nothing_else():
    with ScriptedServer(answer(200, b"x" * 5_000_000), answer(200, b'{"key":"k","size":3}')) as server:
        client = client_of(server)
        with pytest.raises(ZeroDivisionError):
            client.get_to("k", io.BytesIO(), progress=lambda done, total: 1 // (5_000_000 - total) if done else 0)
        assert client.stat("k").size == 3 and client.stat("k").size == 3
        assert server.connections == 2
