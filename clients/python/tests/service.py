"""A service for tests that answers as it is told."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, Dict, List, Optional, Tuple

Json = Dict[str, Any]
Answer = Tuple[int, Any]

OK: Json = {"allowed": True, "code": "ok", "holders": [], "reason": None, "version": 1}
LIMIT: Json = {
    "allowed": False,
    "code": "limit",
    "action": "block-entries",
    "holders": ["limit:max_daily_loss"],
    "reason": "max_daily_loss: 15 %",
    "until": "2026-11-25T00:00:00.000Z",
    "budget": {"room": "-50", "limit": "max_daily_loss", "factor": "0"},
    "version": 2,
    "ageMs": 3,
    "retryAfterMs": None,
}


def with_code(code: str, **more: Any) -> Json:
    return {**OK, "allowed": code == "ok", "code": code, **more}


class FakeService:
    """Answers `can-trade` with `verdict`, and reports with what `on_report` gives. While `silent`, it answers nobody."""

    def __init__(self) -> None:
        self.verdict: Answer = (200, OK)
        self.on_report: Callable[[Json], Answer] = lambda _: (202, {"accepted": True, "waitingTicks": 1})
        self.reports: List[Json] = []
        self.requests: List[Tuple[str, str, Optional[str]]] = []
        self.silent = threading.Event()
        self.events: List[bytes] = []
        self.has_events = threading.Condition()
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                service.requests.append(("GET", self.path, self.headers.get("Authorization")))
                if self.path.startswith("/api/events"):
                    self.stream()
                else:
                    self.answer(*service.verdict)

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                service.requests.append(("POST", self.path, self.headers.get("Authorization")))
                service.reports.append(body)
                self.answer(*service.on_report(body))

            def answer(self, status: int, value: Any) -> None:
                if service.silent.is_set():
                    self.close_connection = True
                    return
                text = value if isinstance(value, bytes) else json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def stream(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                self.wfile.write(b": heartbeat\n\n")
                self.close_connection = True
                told = 0
                while True:
                    with service.has_events:
                        service.has_events.wait_for(lambda: len(service.events) > told)
                        new, told = service.events[told:], len(service.events)
                    if b"" in new:
                        return
                    for event in new:
                        self.wfile.write(event)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def equities(self) -> List[Any]:
        return [report["equity"] for report in self.reports]

    def publish(self, event: bytes) -> None:
        with self.has_events:
            self.events.append(event)
            self.has_events.notify_all()

    def close(self) -> None:
        self.publish(b"")
        self._server.shutdown()
        self._server.server_close()


def eventually(condition: Callable[[], object], what: str, within: float = 20.0) -> None:
    """Returns when the condition holds."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {within} s for {what}")
        time.sleep(0.005)
