"""All activation functions in one place."""

from .rectifiers import *  # noqa: F403
from .smooth import *  # noqa: F403
from .softmax import *  # noqa: F403
