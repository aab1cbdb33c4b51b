"""Client of the CIAOS object store.

    from ciaos import Ciaos, Config

    store = Ciaos(Config("http://127.0.0.1:9710", "me", ""))
    store.put_file("model.bin", "models/7")

The seven methods of the original package (put, put_binary, get, append, update, update_key, delete) behave as they
did there. All others raise `CiaosError`.
"""

import logging as _logging

from .client import Ciaos
from .config import Config
from .errors import (
    AccessDenied, BadRequest, CiaosError, KeyExists, KeyNotFound, PositionGone, PreconditionFailed, RangeNotSatisfiable,
    ServerError, ServerUnavailable, SourceEnded, StorageFull, TransferBroken, TransferIncomplete)
from .events import StoreEvent
from .objects import ObjectInfo, PutResult

__version__ = "2.0.0"

# Who wants to read the records of the logger ``ciaos`` sets up logging; without this, Python prints warnings by itself.
_logging.getLogger("ciaos").addHandler(_logging.NullHandler())

__all__ = [
    "AccessDenied", "BadRequest", "Ciaos", "CiaosError", "Config", "KeyExists", "KeyNotFound", "ObjectInfo",
    "PositionGone", "PreconditionFailed", "PutResult", "RangeNotSatisfiable", "ServerError", "ServerUnavailable",
    "SourceEnded", "StorageFull", "StoreEvent", "TransferBroken", "TransferIncomplete",
]
