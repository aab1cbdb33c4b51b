"""What a caller is told while bytes move, and the bar that people see."""

from __future__ import annotations

import sys
import time
from typing import Any, Callable, Optional, TextIO, Tuple, Union

Progress = Union[Callable[[int, Optional[int]], object], bool, None]
"""Told of the bytes done and of all there are (None: not known). True shows a bar on stderr."""

_REDRAW_SECONDS = 0.1


class Meter:
    """Tells one transfer's progress to whoever wants it. Used in a ``with``, which ends the bar."""

    def __init__(self, progress: Progress, label: str) -> None:
        self._bar: Any = None
        self._tell: Optional[Callable[[int, Optional[int]], object]] = None
        if progress is True:
            self._bar = make_bar(label)
            self._tell = self._bar
        elif callable(progress):
            self._tell = progress
        self.total: Optional[int] = None

    def __call__(self, done: int) -> None:
        if self._tell is not None:
            self._tell(done, self.total)

    def __enter__(self) -> Meter:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()


class _TqdmBar:
    def __init__(self, tqdm: Any, label: str) -> None:
        self._bar = tqdm(desc=label, unit="B", unit_scale=True, unit_divisor=1024)

    def __call__(self, done: int, total: Optional[int]) -> None:
        if total is not None and self._bar.total != total:
            self._bar.total = total
        # May be negative: a transfer that is repeated begins again.
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        self._bar.close()


class PlainBar:
    """For where tqdm is not installed: one line that is written again."""

    def __init__(self, label: str, out: Optional[TextIO] = None) -> None:
        self._label, self._out = label, out or sys.stderr
        self._started = time.monotonic()
        self._drawn = 0.0
        self._last: Tuple[int, Optional[int]] = (0, None)

    def __call__(self, done: int, total: Optional[int]) -> None:
        self._last = (done, total)
        now = time.monotonic()
        if now - self._drawn >= _REDRAW_SECONDS:
            self._drawn = now
            self._draw()

    def close(self) -> None:
        self._draw()
        self._out.write("\n")
        self._out.flush()

    def _draw(self) -> None:
        done, total = self._last
        seconds = max(time.monotonic() - self._started, 1e-3)
        share = f" {100 * done // total:3d}%" if total else ""
        of = f" of {human(total)}" if total is not None else ""
        self._out.write(f"\r{self._label}:{share} {human(done)}{of}, {human(done / seconds)}/s\x1b[K")
        self._out.flush()


def make_bar(label: str) -> Any:
    """A bar that is called with (done, total) and closed: tqdm's where it is installed, else our own."""
    try:
        from tqdm import tqdm
    except ImportError:
        return PlainBar(label)
    return _TqdmBar(tqdm, label)


def human(count: float) -> str:
    """Bytes as people read them."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if abs(count) < 1024:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} TiB"
