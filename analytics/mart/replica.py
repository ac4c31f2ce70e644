"""The in-process columnar copy of the shop. (Interface first; the filling follows.)"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from analytics.mart.session import Session


class Mart(Protocol):
    def session(self) -> AbstractContextManager[Session]: ...


def mart() -> Mart:
    raise NotImplementedError
