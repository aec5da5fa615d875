"""Where the files of data sets are, and how they get there."""

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from fastnn.saving.whole_file import whole_file

__all__ = ["cache_folder", "find_file", "sha256"]

_TIMEOUT_SECONDS = 30


def sha256(content: bytes) -> str:
    """Returns the SHA-256 of `content` in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def cache_folder() -> Path:
    """Where downloads are kept: $FASTNN_CACHE_DIR, or fastnn in the user's cache."""
    chosen = os.environ.get("FASTNN_CACHE_DIR")
    if chosen:
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fastnn"


def find_file(
    folder: str,
    name: str,
    urls: Sequence[str],
    digest: str,
    digest_of: Callable[[bytes], str] = sha256,
) -> Path:
    """Finds a file of a data set, downloading it once if need be.

    With FASTNN_DATA_DIR set the file is taken from there, and nothing is downloaded.
    Otherwise it comes from the cache; what is missing or damaged there is downloaded. A
    download takes its name only when it is whole and has the expected digest.

    Args:
        folder: Folder of the data set below FASTNN_DATA_DIR or the cache.
        name: Name of the file.
        urls: Where it can be had, tried in turn.
        digest: What `digest_of` returns for the right content.
        digest_of: Function of the content.

    Raises:
        FileNotFoundError: If FASTNN_DATA_DIR lacks the file.
        ValueError: If the file there is damaged, or every download is.
        ConnectionError: If none of the addresses answers.
    """
    chosen = os.environ.get("FASTNN_DATA_DIR")
    if chosen:
        return _from_data_folder(Path(chosen) / folder / name, digest, digest_of)
    path = cache_folder() / folder / name
    if path.is_file() and digest_of(path.read_bytes()) == digest:
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    content = _download(name, urls, digest, digest_of)
    with whole_file(path) as file:
        file.write(content)
    return path


def _from_data_folder(path: Path, digest: str, digest_of) -> Path:
    if not path.is_file():
        raise FileNotFoundError(
            f"FASTNN_DATA_DIR is expected to hold {path.parent.name}/{path.name}. "
            f"Received: no file {path}"
        )
    received = digest_of(path.read_bytes())
    if received != digest:
        raise ValueError(
            f"{path} is damaged or another file: expected SHA-256 {digest}. "
            f"Received: {received}"
        )
    return path


def _download(name: str, urls, digest: str, digest_of) -> bytes:
    # Only when needed: its import takes longer than that of the whole package.
    import http.client
    import urllib.request

    failures = []
    damaged = False
    for url in urls:
        print(f"Downloading {url}", flush=True)
        try:
            with urllib.request.urlopen(url, timeout=_TIMEOUT_SECONDS) as answer:
                content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            failures.append(f"{url}: {error}")
            continue
        received = digest_of(content)
        if received == digest:
            return content
        damaged = True
        failures.append(f"{url}: SHA-256 {received}, expected {digest}")
    raise (ValueError if damaged else ConnectionError)(
        f"{name} could not be downloaded: {'; '.join(failures)}. Without a network, "
        "put it in a folder and let FASTNN_DATA_DIR point there"
    )
