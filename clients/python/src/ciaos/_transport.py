"""Connections to the store."""

from __future__ import annotations

from typing import Dict

from .config import Config


class Transport:
    def __init__(self, config: Config, headers: Dict[str, str]) -> None:
        self.config = config
        self.headers = headers

    def close(self) -> None:
        """Closes all connections."""
