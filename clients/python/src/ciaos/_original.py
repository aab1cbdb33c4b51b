"""The methods of the original package."""

from __future__ import annotations


class OriginalMethods:
    """put, put_binary, get, append, update, update_key, delete."""
