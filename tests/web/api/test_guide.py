"""Every example of the API guide is run as it stands there, by curl against a real server, and answers what the guide says."""

import os
import re
import shutil
import subprocess
import threading
from contextvars import copy_context
from pathlib import Path

from werkzeug.serving import make_server

from tests.machine import need
from tests.web.api.conftest import Office

GUIDE = Path(__file__).resolve().parents[3] / "docs/guide/api.md"
EXAMPLE = re.compile(r"```sh\n(.*?)```\s+```http\nHTTP/1\.1 (\d{3})[^\n]*\n(.*?)```", re.DOTALL)
HEADER = re.compile(r"^([A-Za-z-]+): (.+)$", re.MULTILINE)
CODE = re.compile(r'"code": ?"(\w+)"')


def test_every_example_of_the_guide_answers_what_it_says(submitted: Office) -> None:
    need(shutil.which("curl") is not None, "curl")
    examples = EXAMPLE.findall(GUIDE.read_text(encoding="utf-8"))
    assert len(examples) >= 10
    server = make_server("127.0.0.1", 0, submitted.app)
    # The clock of the test has to hold in the server's thread too.
    thread = threading.Thread(target=copy_context().run, args=(server.serve_forever,), daemon=True)
    thread.start()
    variables = {
        **os.environ,
        "IEUM": f"http://127.0.0.1:{server.server_port}",
        "TOKEN": submitted.zone.token,
        "REFERENCE": submitted.reference,
    }
    try:
        for command, status, rest in examples:
            done = subprocess.run(["sh", "-c", command], env=variables, capture_output=True, text=True, timeout=60)
            head, _, body = done.stdout.replace("\r\n", "\n").partition("\n\n")
            assert head.split()[1] == status, (command, done.stdout, done.stderr)
            for name, value in HEADER.findall(rest.partition("\n\n")[0]):
                assert f"{name}: {value}".lower() in head.lower(), (command, head)
            if found := CODE.search(rest):
                assert found[1] in CODE.findall(body), (command, body)
    finally:
        server.shutdown()
        server.server_close()
