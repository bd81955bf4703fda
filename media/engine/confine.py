"""Started as a program of its own: binds itself to limits, leaves the network, and becomes the command it was given.

    python -I -S confine.py PARENT_PID CPU_SECONDS MEMORY_BYTES FILE_BYTES COMMAND...

A program in front of the command, and not a `preexec_fn`, because the web server has threads and a fork that runs
Python in their midst can lock up. It imports nothing outside the standard library and never returns.
"""

import ctypes
import os
import resource
import signal
import sys

_CLONE_NEWNET = 0x40000000
_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38


def main() -> None:
    """Apply every limit this system allows, then replace this process by the command."""
    parent, cpu_seconds, memory_bytes, file_bytes = map(int, sys.argv[1:5])
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            sys.exit("the process that asked for this is gone")
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        # An empty network of its own: at once for root, else by way of a user namespace, where the system allows those.
        if libc.unshare(_CLONE_NEWNET) != 0:
            libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    os.nice(10)  # preparing a recording never takes the processor from what is on air
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    os.execvp(sys.argv[5], sys.argv[5:])  # noqa: S606  # no shell is wanted


if __name__ == "__main__":
    main()
