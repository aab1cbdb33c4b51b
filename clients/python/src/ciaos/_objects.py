from typing import Any


def get_files(*arguments: Any) -> Any:
    raise NotImplementedError


def append_bytes(*arguments: Any) -> Any:
    raise NotImplementedError


def list_objects(*arguments: Any) -> Any:
    raise NotImplementedError


def stat(*arguments: Any) -> Any:
    raise NotImplementedError


def remove(*arguments: Any) -> Any:
    raise NotImplementedError


def rename(*arguments: Any) -> Any:
    raise NotImplementedError
