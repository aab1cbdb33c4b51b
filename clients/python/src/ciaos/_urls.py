"""Paths of requests, in which every key is exact: what the node decodes is the key, whatever is in it."""

from __future__ import annotations

from urllib.parse import quote


def escape(key: object) -> str:
    """A key as the rest of a path. Any object is taken by its text, as the original package did by formatting.

    Segments of dots are escaped, though a dot needs none: every library and proxy on the way is free to resolve
    ``..`` in a path, and most do.
    """
    path = quote(str(key), safe="/")
    if "." not in path:
        return path
    return "/".join(
        segment.replace(".", "%2E") if segment in (".", "..") else segment for segment in path.split("/"))


def escape_whole(key: object) -> str:
    """A key as one segment of a path: ``/update_key/`` has two of them."""
    return escape(key).replace("/", "%2F")
