"""Logs sent to a server on this machine."""

import http.server
import json
import threading
import urllib.parse

import numpy as np
import pytest
from stand_in_model import train

from fastnn.callbacks import RemoteMonitor


@pytest.fixture
def server():
    """A server that remembers what it is sent, and answers with `status`."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.received.append((self.path, dict(self.headers), body.decode()))
            self.send_response(self.server.status)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    server.received, server.status = [], 200
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def url(server):
    return f"http://127.0.0.1:{server.server_address[1]}"


LOGS = [{"loss": np.float32(0.5)}, {"loss": 0.25, "per_class": np.array([1, 2])}]


def test_a_form_by_default(server):
    train(RemoteMonitor(url(server)), LOGS)
    path, headers, body = server.received[1]
    assert path == "/publish/epoch/end/"
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    sent = json.loads(urllib.parse.parse_qs(body)["data"][0])
    assert sent == {"epoch": 1, "loss": 0.25, "per_class": [1, 2]}


def test_json_and_all_else(server):
    monitor = RemoteMonitor(
        url(server), path="/here", headers={"X-Key": "secret"}, send_as_json=True
    )
    train(monitor, LOGS)
    path, headers, body = server.received[0]
    assert path == "/here"
    assert headers["Content-Type"] == "application/json"
    assert headers["X-Key"] == "secret"
    assert json.loads(body) == {"epoch": 0, "loss": 0.5}


def test_another_field(server):
    train(RemoteMonitor(url(server), field="logs"), LOGS)
    assert list(urllib.parse.parse_qs(server.received[0][2])) == ["logs"]


def test_an_answer_is_not_looked_at(server):
    server.status = 500
    assert train(RemoteMonitor(url(server)), LOGS)[1] == 2
    assert len(server.received) == 2


def test_a_server_that_is_not_there(server):
    address = url(server)
    server.shutdown()
    server.server_close()
    with pytest.warns(UserWarning, match="RemoteMonitor could not reach"):
        assert train(RemoteMonitor(address), LOGS[:1])[1] == 1


def test_only_urls_of_servers():
    with pytest.raises(ValueError, match="Received: root='file:///etc"):
        RemoteMonitor("file:///etc")
