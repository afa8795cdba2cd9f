"""Serves the built site to this machine's browser, and to nobody else."""

from __future__ import annotations

import errno
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

from ssad_lib.book.rendering import site
from ssad_lib.errors import SsadError, from_os_error


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files without a log line for every request."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


def serve(port: int = 8000, *, say: Callable[[str], None] = print) -> None:
    """Serve the site on 127.0.0.1 until interrupted.

    Parameters
    ----------
    port : int
        TCP port, 0 to 65535; 0 takes any free one.
    say : callable
        Receives the address.

    Raises
    ------
    SsadError
        If the site has not been built, or the port is taken or not allowed.
    """
    with listen(port) as server:
        say(f"The book is at http://127.0.0.1:{server.server_port}/  (Ctrl+C stops)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say("stopped")


def listen(port: int) -> ThreadingHTTPServer:
    """Return a server bound to `port` over the built site, not yet serving."""
    folder = site()
    if not (folder / "index.html").is_file():
        raise SsadError(f"there is no site at {folder} yet: run 'ssad build' or 'make book' first")
    try:
        return ThreadingHTTPServer(
            ("127.0.0.1", port), partial(QuietHandler, directory=str(folder))
        )
    except OverflowError as error:
        raise SsadError(f"port {port} does not exist: choose one from 1 to 65535") from error
    except OSError as error:
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            raise SsadError(
                f"port {port} is taken or not allowed: choose another, e.g. "
                f"'ssad serve --port {port + 1 if 1024 <= port < 65535 else 8001}'"
            ) from error
        raise from_os_error(error, f"listen on port {port}") from error
