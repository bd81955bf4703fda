"""A few threads for what must not hold up a page: the preparation of sounds. It knows neither pages nor sound."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

log = logging.getLogger(__name__)


class Work:
    """Runs pieces of work one after another in a small pool; the application ends it."""

    def __init__(self, threads: int = 2) -> None:
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="take")

    def add(self, piece: Callable[[], object]) -> None:
        """Run a piece of work as soon as a thread is free."""
        self._pool.submit(piece).add_done_callback(_say_how_it_ended)

    def close(self, *, wait: bool = True) -> None:
        """Take no more work; what waits is dropped, what runs is finished first if `wait`."""
        self._pool.shutdown(wait=wait, cancel_futures=True)


def _say_how_it_ended(future: "Future[object]") -> None:
    if not future.cancelled() and (error := future.exception()) is not None:
        log.error("work=failed error=%r", error, exc_info=error)
