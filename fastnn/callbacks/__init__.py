"""What may happen around training: Keras's callbacks, one file each."""

from fastnn.callbacks.callback import Callback
from fastnn.callbacks.callback_list import CallbackList
from fastnn.callbacks.early_stopping import EarlyStopping
from fastnn.callbacks.history import History
from fastnn.callbacks.lambda_callback import LambdaCallback
from fastnn.callbacks.model_checkpoint import ModelCheckpoint
from fastnn.callbacks.progress import ProgbarLogger
from fastnn.callbacks.terminate_on_nan import TerminateOnNaN

__all__ = [
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "ModelCheckpoint",
    "ProgbarLogger",
    "TerminateOnNaN",
]
