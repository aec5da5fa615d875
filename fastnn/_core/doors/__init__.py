"""Kernels as functions of NumPy arrays: what calculates outside a plan, and what tests
see. A file here has the doors of the file of kernels with its name, some of several."""

from fastnn._core import kernels
from fastnn._core.doors.batch_normalization import BatchNormalizationDoors
from fastnn._core.doors.constraints import ConstraintsDoors
from fastnn._core.doors.dense import DenseDoors
from fastnn._core.doors.elementwise import ElementwiseDoors
from fastnn._core.doors.embedding import EmbeddingDoors
from fastnn._core.doors.losses import LossesDoors
from fastnn._core.doors.losses_circle import LossesCircleDoors
from fastnn._core.doors.metric_sums import MetricSumsDoors
from fastnn._core.doors.metrics import MetricsDoors
from fastnn._core.doors.noise import NoiseDoors
from fastnn._core.doors.normalization import NormalizationDoors
from fastnn._core.doors.optimizers import OptimizersDoors
from fastnn._core.doors.optimizers_common import OptimizersCommonDoors
from fastnn._core.doors.optimizers_muon import OptimizersMuonDoors
from fastnn._core.doors.optimizers_whole import OptimizersWholeDoors
from fastnn._core.doors.prelu import PreluDoors
from fastnn._core.doors.preprocessing import PreprocessingDoors
from fastnn._core.doors.regularizers import RegularizersDoors
from fastnn._core.doors.repeats import RepeatsDoors
from fastnn._core.doors.rows import RowsDoors
from fastnn._core.doors.schedules import SchedulesDoors
from fastnn._core.doors.softmax import SoftmaxDoors
from fastnn._core.doors.sums import SumsDoors

__all__ = ["Doors", "doors"]


class Doors(
    BatchNormalizationDoors,
    ConstraintsDoors,
    DenseDoors,
    ElementwiseDoors,
    EmbeddingDoors,
    LossesDoors,
    LossesCircleDoors,
    MetricSumsDoors,
    MetricsDoors,
    NoiseDoors,
    NormalizationDoors,
    OptimizersDoors,
    OptimizersCommonDoors,
    OptimizersMuonDoors,
    OptimizersWholeDoors,
    PreluDoors,
    PreprocessingDoors,
    RegularizersDoors,
    RepeatsDoors,
    RowsDoors,
    SchedulesDoors,
    SoftmaxDoors,
    SumsDoors,
):
    """The kernels of one instruction set, a method each."""


doors = Doors(kernels)
