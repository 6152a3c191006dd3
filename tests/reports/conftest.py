"""What tests of reports share: somebody who watches the network."""

import http.server
import threading
from collections.abc import Iterator

import pytest

from tests.reports.probes import CANARY


@pytest.fixture
def watched() -> Iterator[tuple[str, list[str]]]:
    """A web server on this machine that notes every request and would give the canary away."""
    requests: list[str] = []

    class Watcher(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            self.send_response(302 if "redirect" in self.path else 200)
            if "redirect" in self.path:
                self.send_header("Location", self.path.partition("=")[2])
            self.end_headers()
            self.wfile.write(CANARY.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Watcher)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", requests
    server.shutdown()
    thread.join()
    server.server_close()
