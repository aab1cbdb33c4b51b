"""The seven methods of the original package: same arguments, same results, same silence about failures.

What it printed goes to the logger ``ciaos``. Beyond it: keys are escaped exactly, connections are kept, and files are
sent without copying them.
"""

from __future__ import annotations

import io
import os
import stat
from typing import Dict, Iterable, List, Optional

import requests

from . import _flatbuffers
from ._bodies import FileList, file_as_list, source_errors
from ._transport import Body, Reply, Transport, idempotency_key, log
from ._urls import escape, escape_whole
from .errors import SourceEnded, TransferBroken
from .objects import BytesLike


class OriginalMethods:
    _transport: Transport

    def put(self, file_path: str, key: Optional[str] = None) -> Optional[requests.Response]:
        """Stores a file, under its name where no key is given. None where the store cannot be reached."""
        if not file_path:
            raise ValueError("file_path cannot be empty or None")
        if not os.path.exists(file_path):
            raise FileNotFoundError(f"File not found: {file_path}")
        with open(file_path, "rb", buffering=0) as file:
            if key is None:
                key = os.path.basename(file_path)
            try:
                body = _body_of(file)
            except ValueError as error:
                log.warning("Failed to create FlatBuffers data: %s. put_file() takes files of any size.", error)
                return None
            try:
                with source_errors():
                    return self._send("upload", f"/put/{escape(key)}", body)
            except SourceEnded as error:
                log.warning("HTTPError during upload: %s", error)
                return None

    def put_binary(self, key: str, data_list: Iterable[BytesLike]) -> Optional[requests.Response]:
        """Stores files under a new key. None where they are no bytes or the store cannot be reached."""
        return self._send_list("upload", f"/put/{escape(key)}", data_list)

    def update(self, key: str, data_list: Iterable[BytesLike]) -> Optional[requests.Response]:
        """Replaces the files of a key."""
        return self._send_list("data update", f"/update/{escape(key)}", data_list)

    def append(self, key: str, data_list: Iterable[BytesLike]) -> Optional[str]:
        """Adds files to those of a key. Gives the server's text, also of an error."""
        response = self._send_list("append", f"/append/{escape(key)}", data_list)
        return None if response is None else response.text

    def delete(self, key: str) -> Optional[str]:
        """Deletes a key. Gives the server's text, also of an error."""
        response = self._ask("delete", "DELETE", f"/delete/{escape(key)}", {})
        return None if response is None else response.text

    def update_key(self, old_key: str, new_key: str) -> Optional[str]:
        """Gives a key's files another key. Gives the server's text, also of an error."""
        response = self._ask("key update", "PUT", f"/update_key/{escape_whole(old_key)}/{escape_whole(new_key)}", {})
        return None if response is None else response.text

    def get(self, key: str) -> Optional[List[bytearray]]:
        """The files of a key, or None where there is none such or the store cannot be reached."""
        response = self._ask(
            "retrieval", "GET", f"/get/{escape(key)}", {"Accept-Encoding": "identity"}, is_stream=True)
        if response is None:
            return None
        try:
            with Reply(response.raw) as reply:
                if response.status_code != 200:
                    log.warning("Error during retrieval: %s", reply.content().decode("utf-8", "replace"))
                    return None
                content = whole(reply)
        except TransferBroken as error:
            log.warning("HTTPError during retrieval: %s", error)
            return None
        return _copies(content)

    def _send_list(self, what: str, path: str, data_list: Iterable[BytesLike]) -> Optional[requests.Response]:
        try:
            body = FileList(_flatbuffers.as_views(data_list))
        except Exception as error:  # Whatever the caller's iterable raises: the original caught all of it too.
            log.warning("Failed to create FlatBuffers data: %s", error)
            return None
        return self._send(what, path, body)

    def _send(self, what: str, path: str, body: Body) -> Optional[requests.Response]:
        return self._ask(what, "POST", path, idempotency_key(), body)

    def _ask(self, what: str, method: str, path: str, headers: Dict[str, str], body: Optional[Body] = None,
             is_stream: bool = False) -> Optional[requests.Response]:
        was_used = self._transport.connections().are_used
        length = None if body is None else body.size
        is_repeat = False
        while True:
            try:
                response = self._transport.ask_session(method, path, headers, body, length, is_stream)
                break
            except requests.ConnectionError as error:
                # A kept connection that the server closed in this moment looks so. The original had a new one for each
                # call and never met it. Once, on a fresh one: the idempotency key makes that safe.
                if is_repeat or not was_used or not _is_cut(error):
                    log.warning("HTTPError during %s: %s", what, error)
                    return None
                is_repeat = True
            except requests.RequestException as error:
                log.warning("HTTPError during %s: %s", what, error)
                return None
        if is_repeat and path.startswith("/update_key/") and response.status_code == 404:
            # Perhaps it was renamed by the request whose answer was lost: nobody knows, and None says so.
            log.warning("HTTPError during %s: the connection was cut, and the old key is gone", what)
            return None
        if response.status_code == 200:
            log.info("%s successful", what.capitalize())
        elif not is_stream:
            log.warning("Error during %s: %s", what, response.text)
        return response


def whole(reply: Reply) -> memoryview:
    """An answer of announced length, read once into one buffer; any other as it comes."""
    length = reply.length
    if length is None:
        return memoryview(reply.content())
    if length > _flatbuffers.MAX_BYTES:
        raise TransferBroken(f"An answer of {length} bytes is no list of files", reply.status)
    view = memoryview(bytearray(length))
    reply.read_exactly(view)
    return view


def _copies(content: memoryview) -> List[bytearray]:
    try:
        views = _flatbuffers.read(content)
        # Files may share bytes: a small answer could claim any number of copies of itself.
        if sum(map(len, views)) > _flatbuffers.MAX_BYTES:
            raise _flatbuffers.Malformed("The files are longer than any list of them can be")
    except _flatbuffers.Malformed as error:
        log.warning("Error parsing FlatBuffers data: %s", error)
        return []
    return [bytearray(view) for view in views]


def _body_of(file: io.FileIO) -> Body:
    told = os.fstat(file.fileno())
    if stat.S_ISREG(told.st_mode) and told.st_size > 0:
        return file_as_list(file, told.st_size)
    # Pipes, devices and what the kernel makes up while it is read have no length to go by.
    return FileList([memoryview(file.readall())])


def _is_cut(error: requests.ConnectionError) -> bool:
    """Whether a connection was made and then lost; not where none could be made."""
    text = str(error)
    return "Connection aborted" in text or "RemoteDisconnected" in text or "Connection broken" in text
