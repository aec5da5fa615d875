"""Files that are whole or not there."""

import contextlib
import os
from collections.abc import Iterator
from typing import BinaryIO

__all__ = ["whole_file"]


@contextlib.contextmanager
def whole_file(path: str | os.PathLike) -> Iterator[BinaryIO]:
    """Opens a file for writing that takes its name only once it is whole and on disk.

    It is written beside `path` under a name of its own, flushed to disk and renamed, so
    that at every moment, through any crash, `path` is the old file or the new one. If
    the block raises, what was written is deleted. The mode of an old file is kept.

    Args:
        path: Name that the file is to take.

    Raises:
        OSError: If it cannot be written; an old file is untouched.
    """
    target = os.path.realpath(path)  # what a link points to, so that it stays a link
    part = f"{target}.{os.urandom(4).hex()}.part"
    try:
        with open(part, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileNotFoundError):
            os.chmod(part, os.stat(target).st_mode & 0o777)
        os.replace(part, target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(part)
        raise
    _flush_folder(os.path.dirname(target))


def _flush_folder(folder: str) -> None:
    """Makes a rename durable; where folders cannot be opened (Windows) it is."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
