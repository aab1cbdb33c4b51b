from typing import Any


def get_many(*arguments: Any) -> Any:
    raise NotImplementedError


def put_many(*arguments: Any) -> Any:
    raise NotImplementedError
