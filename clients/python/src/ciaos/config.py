"""Where the store is, who asks, and how patiently."""

from __future__ import annotations

import dataclasses
import os
from typing import Mapping, Optional, Union


@dataclasses.dataclass
class Config:
    """What a client needs to know. The first three fields are those of the original package, in its order."""

    api_url: str
    """Address of the native API, such as ``http://127.0.0.1:9710``."""

    user_id: str
    """Whose keys are meant; sent as the header ``User``."""

    # Kept out of the representation, since that is what ends up in logs.
    user_access_key: str = dataclasses.field(repr=False)
    """``ID:SECRET`` or ``ID:SECRET:TOKEN``. Without a colon it is no credential and is not sent."""

    connect_timeout: Optional[float] = 10.0
    """Seconds to wait for a connection; None for ever. The original seven methods wait for ever, as they did."""

    read_timeout: Optional[float] = 60.0
    """Seconds to wait for the next bytes of an answer; None for ever. Not for the original seven methods."""

    retries: int = 5
    """How often a request is repeated after a failure that may pass; 0 for never."""

    backoff: float = 0.1
    """Seconds: the longest wait before the first repeat. It doubles with each, and a random part of it is waited."""

    backoff_max: float = 10.0
    """Seconds: no wait is longer, unless the server's ``Retry-After`` asks for it."""

    verify: Union[bool, str] = True
    """TLS: True, False, or the path of a file of certificates to believe, as `requests` takes it."""

    @property
    def credential(self) -> Optional[str]:
        """What is sent as ``Authorization: Bearer``, or None."""
        key = self.user_access_key
        return key if isinstance(key, str) and ":" in key else None

    @classmethod
    def from_environment(cls, environment: Optional[Mapping[str, str]] = None) -> Config:
        """Reads ``CIAOS_URL``, ``CIAOS_USER`` and ``CIAOS_ACCESS_KEY``.

        Without a URL the node on this machine is meant.
        """
        values = os.environ if environment is None else environment
        return cls(values.get("CIAOS_URL", "") or "http://127.0.0.1:9710", values.get("CIAOS_USER", ""),
                   values.get("CIAOS_ACCESS_KEY", ""))
