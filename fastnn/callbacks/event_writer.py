"""Files that TensorBoard reads, written by TensorBoard's own writer."""

from __future__ import annotations

import io
import time
from typing import Any

import numpy as np

__all__ = ["EventWriter"]


class EventWriter:
    """Writes what TensorBoard shows into a folder.

    Args:
        folder: Where; it is made if need be.

    Raises:
        ImportError: If TensorBoard is not installed.
    """

    def __init__(self, folder: str):
        try:
            from tensorboard.compat.proto import event_pb2
            from tensorboard.summary.writer.event_file_writer import EventFileWriter
        except ImportError as error:
            raise ImportError(
                "Expected the package 'tensorboard' for the callback TensorBoard: "
                "install it with `pip install fastnn[tensorboard]`, or by its own "
                "name. Received: no such module"
            ) from error
        self._event = event_pb2.Event
        self._writer = EventFileWriter(folder)

    def scalar(self, tag: str, value: Any, step: int) -> None:
        """Adds a point to a curve."""
        from tensorboard.plugins.scalar.summary_v2 import scalar_pb

        self._add(scalar_pb(tag, float(value)), step)

    def histogram(self, tag: str, values: np.ndarray, step: int) -> None:
        """Adds how values are distributed."""
        from tensorboard.plugins.histogram.summary_v2 import histogram_pb

        self._add(histogram_pb(tag, values), step)

    def text(self, tag: str, text: str, step: int) -> None:
        """Adds a text, shown as it is."""
        from tensorboard.plugins.text.summary_v2 import text_pb

        indented = "\n".join(f"    {line}" for line in text.splitlines())
        self._add(text_pb(tag, indented), step)

    def images(self, tag: str, images: np.ndarray, step: int) -> None:
        """Adds grey images, (images, height, width); 0 is black and 1 white."""
        from tensorboard.compat.proto import summary_pb2
        from tensorboard.plugins.image import metadata
        from tensorboard.util import tensor_util

        _, height, width = images.shape
        parts = [str(width).encode(), str(height).encode(), *map(_png, images)]
        summary = summary_pb2.Summary()
        summary.value.add(
            tag=tag,
            metadata=metadata.create_summary_metadata(
                display_name=None, description=None
            ),
            tensor=tensor_util.make_tensor_proto(parts, dtype=np.object_),
        )
        self._add(summary, step)

    def flush(self) -> None:
        """Makes what was added readable."""
        self._writer.flush()

    def close(self) -> None:
        """Flushes, and ends the writing."""
        self._writer.close()

    def _add(self, summary: Any, step: int) -> None:
        event = self._event(summary=summary, step=step, wall_time=time.time())
        self._writer.add_event(event)


def _png(image: np.ndarray) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    grey = np.round(255 * np.clip(image, 0, 1)).astype(np.uint8)
    Image.fromarray(grey).save(file, "PNG")
    return file.getvalue()
