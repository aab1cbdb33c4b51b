"""The sockets of one thread of one process."""

from __future__ import annotations

import os
from typing import Any, Dict, Mapping, Optional, Tuple, Union

import requests
import requests.adapters
import requests.auth
import urllib3
import urllib3.connection
import urllib3.connectionpool

from .config import Config

# A thread has one request under way, or a few where it reads one stream while it asks for something else.
POOLED_CONNECTIONS = 4
# A server that takes not a single byte for so long is given up.
SEND_SECONDS = 60.0


class _Patient:
    """What our connections do otherwise than urllib3's."""

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]
        # The time-out for connecting would be the one for sending too, and a disk may be slower than a handshake.
        sock, seconds = self.sock, self.timeout  # type: ignore[attr-defined]
        if sock is not None and isinstance(seconds, (int, float)):
            sock.settimeout(max(seconds, SEND_SECONDS))

    def send(self, data: Any) -> None:
        # A server may answer before it has read the body (the key exists, the disk is full) and close. urllib3 looks
        # for that answer after a broken pipe; after a reset, which is the same at another moment, it does not.
        try:
            super().send(data)  # type: ignore[misc]
        except ConnectionResetError as error:
            raise BrokenPipeError(error.errno, error.strerror) from error


class _HTTPConnection(_Patient, urllib3.connection.HTTPConnection):
    pass


class _HTTPSConnection(_Patient, urllib3.connection.HTTPSConnection):
    pass


class _HTTPPool(urllib3.connectionpool.HTTPConnectionPool):
    ConnectionCls = _HTTPConnection


class _HTTPSPool(urllib3.connectionpool.HTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection


class _Adapter(requests.adapters.HTTPAdapter):
    def init_poolmanager(self, *arguments: Any, **settings: Any) -> None:
        super().init_poolmanager(*arguments, **settings)  # type: ignore[no-untyped-call]
        self.poolmanager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}

    def proxy_manager_for(self, *arguments: Any, **settings: Any) -> Any:
        manager = super().proxy_manager_for(*arguments, **settings)  # type: ignore[no-untyped-call]
        manager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}
        return manager


class _Bearer(requests.auth.AuthBase):
    """The access key. Also where there is none: without an auth, requests would look into ``~/.netrc`` each time."""

    def __init__(self, credential: Optional[str]) -> None:
        self._credential = credential

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._credential:
            request.headers["Authorization"] = f"Bearer {self._credential}"
        return request


class Connections:
    """A session of requests, for the original methods, and its pool of urllib3 itself, for all others.

    The newer methods go round requests: its answers are read in small pieces, of the requests some are sent without
    time-outs and in five packets per piece (before 2.29), and each costs more time than the node needs for it.
    """

    def __init__(self) -> None:
        self.process = os.getpid()
        self._session = requests.Session()
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _Adapter(pool_connections=2, pool_maxsize=POOLED_CONNECTIONS))
        self._is_for: Optional[Tuple[str, Union[bool, str]]] = None
        self._settings: Dict[str, Any] = {}
        self._pool: Any = None
        self._base = ""
        # Whether a kept connection may be in use, which the server may have closed meanwhile.
        self.are_used = False

    def ask_session(self, config: Config, method: str, path: str, headers: Mapping[str, str], body: Any,
                    length: Optional[int], stream: bool) -> requests.Response:
        """As ``requests.post`` and its sisters do: without a time-out, raising what they raise."""
        request = self._session.prepare_request(requests.Request(
            method, _root(config), headers=dict(headers), auth=_Bearer(config.credential)))
        self._prepare(config)
        # Only now: requests would resolve dots and decode what need not be encoded.
        request.url = f"{(request.url or '').rstrip('/')}{path}"
        if length is not None:
            request.body = body
            request.headers["Content-Length"] = str(length)
        settings: Dict[str, Any] = {**self._settings, "stream": stream}
        response = self._session.send(request, **settings)
        self.are_used = True
        return response

    def ask_pool(self, config: Config, method: str, path: str, headers: Mapping[str, str], body: Any,
                 is_chunked: bool) -> Any:
        """One request without a repeat. Gives urllib3's answer, unread; raises its errors."""
        self._prepare(config)
        all_headers: Dict[str, str] = {"User-Agent": "ciaos-python", "Accept-Encoding": "identity", **headers}
        if config.credential:
            all_headers["Authorization"] = f"Bearer {config.credential}"
        answer = self._pool.urlopen(
            method, self._base + path, body=body, headers=all_headers, retries=False, redirect=False,
            assert_same_host=False, preload_content=False, decode_content=False, chunked=is_chunked,
            timeout=urllib3.Timeout(connect=config.connect_timeout, read=config.read_timeout))
        self.are_used = True
        return answer

    def _prepare(self, config: Config) -> None:
        """Proxies and certificates, by the configuration and the environment: looked up once for an address, since to
        search the environment takes requests as long as to send something small."""
        if self._is_for == (config.api_url, config.verify):
            return
        request = self._session.prepare_request(requests.Request("GET", _root(config)))
        url = request.url or ""
        self._settings = dict(self._session.merge_environment_settings(url, {}, None, config.verify, None))
        verify, proxies, cert = (self._settings[name] for name in ("verify", "proxies", "cert"))
        adapter: Any = self._session.get_adapter(url)
        if hasattr(adapter, "get_connection_with_tls_context"):
            self._pool = adapter.get_connection_with_tls_context(request, verify, proxies=proxies, cert=cert)
        else:
            self._pool = adapter.get_connection(url, proxies)
        adapter.cert_verify(self._pool, url, verify, cert)
        self._base = adapter.request_url(request, proxies).rstrip("/")
        self._is_for = config.api_url, config.verify

    def __del__(self) -> None:
        # When its thread ends. In a forked child the sockets are the parent's, and not ours to say goodbye on.
        if os.getpid() == self.process:
            self.close()

    def close(self) -> None:
        self._is_for = None
        self._session.close()


def _root(config: Config) -> str:
    return str(config.api_url).rstrip("/") + "/"
