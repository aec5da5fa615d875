"""The logs of each epoch, sent to a server."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from fastnn.callbacks.callback import Callback
from fastnn.caller import warn

__all__ = ["RemoteMonitor"]

_SECONDS = 10  # that a server may take to answer


class RemoteMonitor(Callback):
    """Sends epoch and logs to a server after each epoch, by HTTP POST.

    A server that cannot be reached, or does not answer within ten seconds, leads to a
    warning, and training goes on; what it answers is not looked at.

    Args:
        root: URL of the server.
        path: Path below it.
        field: Name of the form's field that holds the data as JSON.
        headers: Dict of further headers.
        send_as_json: Whether the data are the body of the request, rather than a field
            of a form.

    Raises:
        ValueError: If `root` is not the URL of a server.

    Example:
        >>> model.fit(x, y, callbacks=[RemoteMonitor("http://localhost:9000")])
    """

    def __init__(
        self,
        root: str = "http://localhost:9000",
        path: str = "/publish/epoch/end/",
        field: str = "data",
        headers: dict[str, str] | None = None,
        send_as_json: bool = False,
    ):
        if not root.startswith(("http://", "https://")):
            raise ValueError(
                "RemoteMonitor expects root to begin with 'http://' or 'https://'. "
                f"Received: {root=}"
            )
        self.root = root
        self.path = path
        self.field = field
        self.headers = headers
        self.send_as_json = send_as_json

    def on_epoch_end(self, epoch, logs=None):
        import urllib.error
        import urllib.request

        try:
            urllib.request.urlopen(self._request(epoch, logs), timeout=_SECONDS).close()
        except urllib.error.HTTPError as error:
            error.close()  # it is there, and has been told
        except OSError as error:
            warn(f"RemoteMonitor could not reach {self.root}: {error}")

    def _request(self, epoch: int, logs: Any) -> Any:
        import urllib.parse
        import urllib.request

        values = {name: _plain(value) for name, value in (logs or {}).items()}
        data = json.dumps({"epoch": epoch, **values})
        kind = "application/json"
        if not self.send_as_json:
            data = urllib.parse.urlencode({self.field: data})
            kind = "application/x-www-form-urlencoded"
        headers = {"Content-Type": kind, **(self.headers or {})}
        return urllib.request.Request(self.root + self.path, data.encode(), headers)


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value
