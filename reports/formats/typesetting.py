"""typst in a process of its own: what it takes for thousands of rows goes back to the machine when it is done.

In a process that lives on, it keeps what it remembers of its last ten documents: 200 MB for each long one. Starting
another costs some forty milliseconds.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

LONGEST = 300  # seconds


class TypesettingFailed(Exception):
    """What typst said when it could not set a document."""


def typeset(template: Path, data: str, *, families: Sequence[str], folders: Sequence[Path], at: datetime) -> bytes:
    """The PDF of `template` with `data`, as of `at`. It is tagged for screen readers (PDF/UA-1).

    `families` are the typefaces in their order, as far as they are in `folders` or on the machine.
    """
    job = {
        "template": str(template),
        "data": data,
        "families": list(families),
        "folders": [str(folder) for folder in folders],
        "timestamp": int(at.timestamp()),
    }
    command = [sys.executable, "-P", __file__]  # -P: this folder's csv.py must not be taken for Python's own
    done = subprocess.run(command, input=json.dumps(job).encode(), capture_output=True, timeout=LONGEST)
    if done.returncode:
        raise TypesettingFailed(done.stderr.decode(errors="replace")[-2_000:])
    return done.stdout


def main() -> None:
    """One job from standard input, its PDF to standard output."""
    import typst

    job = json.load(sys.stdin.buffer)
    fonts = typst.Fonts(font_paths=job["folders"])
    known = set(fonts.families())
    families = [family for family in job["families"] if family in known]
    made = typst.compile(
        job["template"],
        font_paths=fonts,
        sys_inputs={"data": job["data"], "families": json.dumps(families)},
        pdf_standards="ua-1",
        timestamp=job["timestamp"],
    )
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
