"""Why a file, a row or a cell was not taken."""

from __future__ import annotations

from dataclasses import dataclass

from lacelux.intake.models import Rejected

VALUE_LENGTH = 500


class Refused(Exception):
    """A row that cannot be taken. `column` and `value` are empty where the row as a whole is at fault."""

    def __init__(self, reason: str, *, column: str = "", value: str = "") -> None:
        super().__init__(reason)
        self.reason, self.column, self.value = reason, column, value


class FileRefused(Refused):
    """A file that cannot be taken at all; `row` is the line that tells, 0 for none in particular."""

    def __init__(self, reason: str, *, column: str = "", value: str = "", row: int = 0) -> None:
        super().__init__(reason, column=column, value=value)
        self.row = row


@dataclass(frozen=True, slots=True)
class Refusal:
    """One line of the list of refused rows: where it stood, and what was wrong."""

    file: str
    row: int
    column: str
    value: str
    reason: str
    kind: Rejected.Kind = Rejected.Kind.REJECTED

    @classmethod
    def of(cls, refused: Refused, *, file: str, row: int, kind: Rejected.Kind = Rejected.Kind.REJECTED) -> Refusal:
        """What `refused` says, fit to be kept: long values cut, no NUL."""
        value = refused.value.replace("\0", "␀")[:VALUE_LENGTH]
        column = refused.column.replace("\0", "␀")[:120]
        return cls(file=file[:255], row=row, column=column, value=value, reason=refused.reason, kind=kind)
