from typing import Any


def put_file(*arguments: Any) -> Any:
    raise NotImplementedError


def put_stream(*arguments: Any) -> Any:
    raise NotImplementedError


def put_bytes(*arguments: Any) -> Any:
    raise NotImplementedError


def get_to(*arguments: Any) -> Any:
    raise NotImplementedError


def read(*arguments: Any) -> Any:
    raise NotImplementedError


def PutOptions(*arguments: Any) -> Any:
    raise NotImplementedError
