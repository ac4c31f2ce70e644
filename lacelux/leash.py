"""Runs a command that ends when its parent does: `python leash.py PARENT_PID COMMAND…`.

A parent killed outright cannot end its children. Linux can be asked to; elsewhere this merely runs the command.
Run as a file, so that nothing else is imported.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked
            sys.exit(1)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
