"""Doors of `losses_overlap.pxi`."""

from fastnn._core.doors.base import Base


class LossesOverlapDoors(Base):
    def tversky(self, dpred, values, pred, target, weight, scale, alpha, beta, epsilon):
        """values := Tversky's loss of each row"""
        self._loss(
            "tversky",
            dpred,
            values,
            None,
            pred,
            target,
            weight,
            scale,
            (alpha, beta, epsilon),
        )

    def tversky_of_batch(
        self, dpred, values, pred, target, weight, scale, alpha, beta, epsilon
    ):
        """values := Tversky's loss of all rows together, at each row"""
        self._loss(
            "tversky_of_batch",
            dpred,
            values,
            None,
            pred,
            target,
            weight,
            scale,
            (alpha, beta, epsilon),
        )
