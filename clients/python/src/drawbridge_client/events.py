"""Server-sent events of the console: they tell at once that something was decided."""

from __future__ import annotations

import http.client
import logging
import threading
from typing import BinaryIO, Callable, Iterator, Optional
from urllib.parse import quote

from .api import Address

log = logging.getLogger("drawbridge_client")

_SILENT_AFTER = 40.0
"""The service sends a comment every 15 s."""
_RETRY_FIRST = 0.5
_RETRY_MAX = 10.0
_LINE_MAX = 1_000_000


class EventListener:
    """Calls `on_event` with each event of the trader, until it is closed. What is missed meanwhile is missed: the gate asks
    by itself, too."""

    def __init__(self, address: Address, trader: str, on_event: Callable[[], None]) -> None:
        self._address = address
        self._trader = trader
        self._path = address.path(f"/api/events?trader={quote(trader, safe='')}")
        self._on_event = on_event
        self._closed = threading.Event()
        self._connection: Optional[http.client.HTTPConnection] = None
        self._is_failing = False
        self._thread = threading.Thread(target=self._run, name=f"drawbridge events {trader}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Does not wait for the thread, which may be reading: it ends with the connection, or with the process."""
        self._closed.set()
        connection = self._connection
        if connection is not None and connection.sock is not None:
            connection.sock.close()

    def _run(self) -> None:
        retry_in = _RETRY_FIRST
        while not self._closed.is_set():
            try:
                self._listen()
                retry_in = _RETRY_FIRST
            except (OSError, ValueError, http.client.HTTPException) as error:
                if self._closed.is_set():
                    return
                if not self._is_failing:
                    log.warning("%s: no events from %s: %s; the gate asks on", self._trader, self._address.url, error)
                self._is_failing = True
                retry_in = min(2 * retry_in, _RETRY_MAX)
            self._closed.wait(retry_in)

    def _listen(self) -> None:
        connection = self._address.connect(_SILENT_AFTER)
        self._connection = connection
        try:
            connection.request("GET", self._path, None, {**self._address.headers, "Accept": "text/event-stream"})
            response = connection.getresponse()
            if response.status != 200:
                raise http.client.HTTPException(f"the answer was {response.status}")
            self._is_failing = False
            # What came between two connections is unknown.
            self._on_event()
            for _ in _events(response):
                self._on_event()
        finally:
            self._connection = None
            connection.close()


def _events(response: BinaryIO) -> Iterator[None]:
    """One for each event: a block with data, which an empty line ends."""
    has_data = False
    while line := response.readline(_LINE_MAX):
        if line.startswith(b"data:"):
            has_data = True
        elif line in (b"\n", b"\r\n") and has_data:
            has_data = False
            yield
