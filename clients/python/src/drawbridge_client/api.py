"""Requests to the trader service, one after another over one connection."""

from __future__ import annotations

import http.client
import json
import re
import ssl
from dataclasses import dataclass
from typing import Any, Dict, Optional
from urllib.parse import quote, urlsplit

from .errors import NoAnswer


_TOKEN = re.compile(r"[!-~]+")


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


@dataclass(frozen=True)
class Address:
    """Where a service is, and the token that it wants."""

    url: str
    token: Optional[str] = None
    tls: Optional[ssl.SSLContext] = None

    def __post_init__(self) -> None:
        if not _is_address(self.url):
            raise ValueError(f'the address must be like "http://127.0.0.1:8081", got "{self.url}"')
        if self.token is not None and not _TOKEN.fullmatch(self.token):
            raise ValueError("the token has a space, a line break or a character that no token has: strip() what a file gives")

    @property
    def headers(self) -> Dict[str, str]:
        return {} if self.token is None else {"Authorization": f"Bearer {self.token}"}

    def path(self, path: str) -> str:
        return urlsplit(self.url).path.rstrip("/") + path

    def connect(self, timeout: float) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        if parts.scheme == "https":
            tls = self.tls or ssl.create_default_context()
            return http.client.HTTPSConnection(host, parts.port, timeout=timeout, context=tls)
        return http.client.HTTPConnection(host, parts.port, timeout=timeout)


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    retry_after: float
    """Seconds; 0 where the service does not say."""

    @property
    def message(self) -> str:
        return str(self._error.get("message", "no reason given"))

    @property
    def code(self) -> str:
        return str(self._error.get("code", "unknown"))

    @property
    def _error(self) -> Dict[str, Any]:
        error = self.body.get("error") if isinstance(self.body, dict) else None
        return error if isinstance(error, dict) else {}


class TraderApi:
    """Not for several threads: an answer belongs to the request before it."""

    def __init__(self, address: Address, trader: str, timeout: float) -> None:
        self._address = address
        self._path = address.path(f"/api/traders/{quote(trader, safe='')}")
        self._timeout = timeout
        self._connection: Optional[http.client.HTTPConnection] = None

    def report(self, body: bytes) -> Answer:
        return self._request("POST", "/equity", body)

    def can_trade(self) -> Answer:
        return self._request("GET", "/can-trade", None)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _request(self, method: str, path: str, body: Optional[bytes]) -> Answer:
        is_reused = self._connection is not None
        try:
            return self._try(method, path, body)
        except NoAnswer:
            # A service closes connections that are idle for long: that says nothing about the next one.
            if not is_reused:
                raise
            return self._try(method, path, body)

    def _try(self, method: str, path: str, body: Optional[bytes]) -> Answer:
        if self._connection is None:
            self._connection = self._address.connect(self._timeout)
        headers = self._address.headers
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            self._connection.request(method, self._path + path, body, headers)
            response = self._connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise NoAnswer(f"no answer from {self._address.url}: {error or type(error).__name__}") from error
        return Answer(response.status, _json(text), _seconds(response.getheader("Retry-After")))


def _json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _seconds(header: Optional[str]) -> float:
    return float(header) if header is not None and header.isdigit() else 0.0
