import socket
import threading
from urllib.request import urlopen

import pytest

from ssad_lib.book import server
from ssad_lib.errors import SsadError


@pytest.fixture
def site(mini):
    folder = server.site()
    folder.mkdir(parents=True)
    (folder / "index.html").write_text("the front page")
    return folder


def test_serves_the_site_on_this_machine_only(site):
    with server.listen(0) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        host, port = listening.server_address
        assert host == "127.0.0.1"
        assert urlopen(f"http://127.0.0.1:{port}/").read() == b"the front page"
        listening.shutdown()


def test_says_the_address_and_stops_at_an_interrupt(site, monkeypatch):
    def interrupt(self):
        raise KeyboardInterrupt

    monkeypatch.setattr(server.ThreadingHTTPServer, "serve_forever", interrupt)
    said = []
    server.serve(0, say=said.append)
    assert said[0].startswith("The book is at http://127.0.0.1:")


def test_no_site_yet(mini):
    with pytest.raises(SsadError, match="run 'ssad build' or 'make book' first"):
        server.serve(0)


def test_port_taken(site):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SsadError, match=rf"port {port} is taken.*ssad serve --port"):
            server.serve(port)


@pytest.mark.parametrize("port", [-1, 70000])
def test_port_that_does_not_exist(site, port):
    with pytest.raises(SsadError, match=f"port {port} does not exist"):
        server.serve(port)
