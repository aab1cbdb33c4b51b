from typing import Any


def upload(*arguments: Any) -> Any:
    raise NotImplementedError


def download(*arguments: Any) -> Any:
    raise NotImplementedError
