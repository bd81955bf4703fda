"""An application served by waitress, as installations serve it, at a free port."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from threading import Thread
from typing import Any

from flask import Flask
from waitress.server import BaseWSGIServer, create_server
from waitress.wasyncore import close_all

LONGEST_ANSWER = 60


@contextmanager
def listening(app: Flask, **settings: Any) -> Iterator[int]:  # noqa: ANN401 -- waitress has its types
    """Serve an application until the block ends; give the port. Settings are those of waitress."""
    lines: dict[int, Any] = {}
    server = create_server(app, map=lines, **settings)
    assert isinstance(server, BaseWSGIServer)
    thread = Thread(target=server.run)
    thread.start()
    try:
        yield int(server.getsockname()[1])
    finally:
        server.task_dispatcher.shutdown(timeout=LONGEST_ANSWER)  # who still answers would wake a loop that is gone
        # Whoever asked keeps its line open: only closing them ends the loop, and only the loop may. It must not find
        # that out, by being awake already, before it was woken: the trigger is closed with the rest.
        trigger: Any = server.trigger
        with trigger.lock:
            trigger.thunks.append(partial(close_all, lines))
            trigger.pull_trigger()
        thread.join()
