"""Doors of `losses_hinge.pxi`."""

from fastnn._core.doors.base import Base


class LossesHingeDoors(Base):
    def hinge(self, dpred, values, pred, target, weight, scale):
        """values := mean(max(1 - target * pred, 0)) of each row"""
        self._loss("hinge", dpred, values, None, pred, target, weight, scale)

    def squared_hinge(self, dpred, values, pred, target, weight, scale):
        """values := mean(max(1 - target * pred, 0)^2) of each row"""
        self._loss("squared_hinge", dpred, values, None, pred, target, weight, scale)

    def categorical_hinge(self, dpred, values, pred, target, weight, scale):
        """values := max(1 + max((1 - target) * pred) - sum(target * pred), 0) by row"""
        self._loss(
            "categorical_hinge", dpred, values, None, pred, target, weight, scale
        )
