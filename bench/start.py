"""How long a process takes to its first answer at a million sale entries, with and without a snapshot."""

from __future__ import annotations

import shutil

from bench.ground import LINES, Ground

WITH_SNAPSHOT = 3.0  # seconds; the design's trial took 0.6


def main() -> bool:
    reached = True
    for ground in (Ground("sqlite").with_shop(), Ground("postgresql", postgres=True).with_shop()):
        shutil.rmtree(ground.folder / "mart", ignore_errors=True)
        cold = ground.measure("bench.measures.first_answer")
        ground.measure("bench.measures.first_answer", "--write")
        warm = ground.measure("bench.measures.first_answer")
        print(f"{ground.name:<12} {LINES:,} entries: {cold['seconds']:.1f} s without, {warm['seconds']:.2f} s with a")
        print(f"{'':<12} snapshot; peak memory {cold['peak']:.0f} MB without, {warm['peak']:.0f} MB with")
        reached &= warm["seconds"] <= WITH_SNAPSHOT
    return reached
