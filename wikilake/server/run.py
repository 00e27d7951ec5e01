"""Starts the server: a socket of its own, one process, and words for what can go wrong."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable

import uvicorn

from wikilake.errors import WikilakeError
from wikilake.server.app import make_app
from wikilake.server.published import PublishedLake


class CannotListen(WikilakeError):
    """An address on which the server cannot be reached; the message says why."""


def serve(
    host: str,
    port: int,
    *,
    kept_for: int,
    is_public_only: bool,
    snapshot: str | None,
    ready: Callable[[str], None],
) -> None:
    """Serves the lake until it is interrupted; calls `ready` with its address once it listens."""
    listening = _listen(host, port)
    with listening:
        app = make_app(PublishedLake(), kept_for, is_public_only, snapshot)
        config = uvicorn.Config(
            app,
            access_log=False,  # who asked for what is nobody's business
            date_header=True,
            lifespan="off",
            log_config=None,
            log_level="critical",
            server_header=False,
            timeout_graceful_shutdown=5,
            timeout_keep_alive=60,
            ws="none",
        )
        ready(_address(host, listening.getsockname()[1]))
        uvicorn.Server(config).run(sockets=[listening])


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a host."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise CannotListen(f"--host: {host!r} is no address of this machine ({error}).") from None
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(place)
        listening.listen(2048)
    except OSError as error:
        listening.close()
        raise CannotListen(
            f"{_address(host, port)} cannot be served ({error.strerror}). Another program may "
            "have the port: end that, or name another one with --port."
        ) from None
    return listening


def _address(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
