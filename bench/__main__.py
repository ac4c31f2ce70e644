"""`python -m bench [NAME …]`: runs the benchmarks, each a module of this package with `main()`.

A benchmark's docstring says, in its first line, what it measures. It prints its figures itself, keeps its files in
a folder of its own, and returns false where a bar is missed.
"""

import argparse
import importlib
import pkgutil
import sys
import time
from types import ModuleType

import bench


def benchmarks() -> dict[str, ModuleType]:
    """Name → module, of those that can be run."""
    names = sorted(found.name for found in pkgutil.iter_modules(bench.__path__) if not found.name.startswith("_"))
    modules = {name: importlib.import_module(f"bench.{name}") for name in names}
    return {name: module for name, module in modules.items() if hasattr(module, "main")}


def main() -> int:
    found = benchmarks()
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description="Measures speed.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of: {', '.join(found) or 'none yet'}")
    parser.add_argument("--list", action="store_true", help="say what each measures")
    options = parser.parse_args()
    if unknown := set(options.names) - set(found):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    if options.list:
        for name, module in found.items():
            print(f"{name:<12} {(module.__doc__ or '').strip().splitlines()[0]}")
        return 0
    missed = [name for name in options.names or found if not _run(name, found[name])]
    print(f"\nMissed a bar: {', '.join(missed)}" if missed else "\nAll bars reached.")
    return 1 if missed else 0


def _run(name: str, module: ModuleType) -> bool:
    print(f"\n=== {name}: {(module.__doc__ or '').strip().splitlines()[0]}", flush=True)
    started = time.monotonic()
    reached = module.main() is not False
    print(f"--- {name}: {time.monotonic() - started:.0f} s", flush=True)
    return reached


if __name__ == "__main__":
    sys.exit(main())
