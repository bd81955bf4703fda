"""Names a process so that no other, on any machine and at any time, is called the same, and tells when it is gone.

It reads Linux's `/proc`, and where there is none it never knows. It must not end a process.
"""

import os
import secrets
from pathlib import Path

_PROC = Path("/proc")
_DEAD = frozenset("ZX")


def name() -> str:
    """Name this process: the boot of its machine, its space of process numbers, its number, the tick it began at."""
    own = os.getpid()
    space, began = _space(), _began(own)
    return secrets.token_hex(8) if space is None or began is None else f"{space}/{own}/{began}"


def is_gone(holder: str) -> bool:
    """Tell of a process's name that it surely is no more; a process of elsewhere may live for all we know."""
    space, _, rest = holder.rpartition("/")[0].rpartition("/")
    if not space or space != _space():
        return False
    return _began(int(rest)) != holder.rpartition("/")[2]


def _space() -> str | None:
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}/{(_PROC / 'self/ns/pid').readlink()}"
    except OSError:
        return None


def _began(number: int) -> str | None:
    """Give the tick since boot at which a process began; None where none of that number lives."""
    try:
        status = (_PROC / str(number) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    state, *fields = status.rpartition(")")[2].split()
    return None if state in _DEAD else fields[18]
