"""The suite's own clock: it is the witness that all others are held against."""

import time


def unix_now() -> float:
    """Give seconds of Unix time."""
    return time.time()
