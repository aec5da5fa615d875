"""Doors of `losses_binary.pxi`."""

from fastnn._core.doors.base import Base


class LossesBinaryDoors(Base):
    def binary_crossentropy(
        self, dpred, values, pred, target, weight, scale, label_smoothing, epsilon
    ):
        """values := mean(-(t log p + (1 - t) log(1 - p))) of each row"""
        self._loss(
            "binary_crossentropy",
            dpred,
            values,
            None,
            pred,
            target,
            weight,
            scale,
            (label_smoothing, epsilon),
        )

    def sigmoid_binary_crossentropy(
        self, dlogits, values, out, logits, target, weight, scale, label_smoothing
    ):
        """values := binary crossentropy of sigmoid(logits); out := sigmoid(logits)"""
        self._loss(
            "sigmoid_binary_crossentropy",
            dlogits,
            values,
            out,
            logits,
            target,
            weight,
            scale,
            (label_smoothing,),
        )

    def binary_focal_crossentropy(
        self,
        dpred,
        values,
        pred,
        target,
        weight,
        scale,
        label_smoothing,
        gamma,
        yes,
        no,
        epsilon,
    ):
        """values := mean of the cross entropies, each by how far it is off, of each
        row"""
        self._loss(
            "binary_focal_crossentropy",
            dpred,
            values,
            None,
            pred,
            target,
            weight,
            scale,
            (label_smoothing, gamma, yes, no, epsilon),
        )

    def sigmoid_binary_focal_crossentropy(
        self,
        dlogits,
        values,
        out,
        logits,
        target,
        weight,
        scale,
        label_smoothing,
        gamma,
        yes,
        no,
        epsilon,
    ):
        """values := the same of sigmoid(logits); out := sigmoid(logits)"""
        self._loss(
            "sigmoid_binary_focal_crossentropy",
            dlogits,
            values,
            out,
            logits,
            target,
            weight,
            scale,
            (label_smoothing, gamma, yes, no, epsilon),
        )
