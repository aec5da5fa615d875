"""Doors of `losses_categorical.pxi`."""

from fastnn._core.doors.base import Base


class LossesCategoricalDoors(Base):
    def categorical_crossentropy(
        self, dpred, values, pred, target, weight, scale, label_smoothing, epsilon
    ):
        """values := -sum(t log(pred / sum(pred))) of each row"""
        self._loss(
            "categorical_crossentropy",
            dpred,
            values,
            None,
            pred,
            target,
            weight,
            scale,
            (label_smoothing, epsilon),
        )

    def softmax_categorical_crossentropy(
        self, dlogits, values, out, logits, target, weight, scale, label_smoothing
    ):
        """values := -sum(t log softmax(logits)) of each row; out := softmax(logits)"""
        self._loss(
            "softmax_categorical_crossentropy",
            dlogits,
            values,
            out,
            logits,
            target,
            weight,
            scale,
            (label_smoothing,),
        )

    def sparse_categorical_crossentropy(
        self, dpred, values, pred, labels, weight, scale, epsilon
    ):
        """values := -log(pred[label] / sum(pred)) of each row"""
        self._loss(
            "sparse_categorical_crossentropy",
            dpred,
            values,
            None,
            pred,
            labels,
            weight,
            scale,
            (epsilon,),
        )

    def softmax_sparse_categorical_crossentropy(
        self, dlogits, values, out, logits, labels, weight, scale
    ):
        """values := -log(softmax(logits)[label]) of each row; out := softmax(logits)"""
        self._loss(
            "softmax_sparse_categorical_crossentropy",
            dlogits,
            values,
            out,
            logits,
            labels,
            weight,
            scale,
        )

    def categorical_focal_crossentropy(
        self,
        dpred,
        values,
        pred,
        target,
        weight,
        scale,
        label_smoothing,
        gamma,
        epsilon,
        alpha,
    ):
        """values := -sum(alpha t (1 - p)^gamma log p), p = pred / sum(pred), of each
        row"""
        self._loss(
            "categorical_focal_crossentropy",
            dpred,
            values,
            None,
            pred,
            target,
            weight,
            scale,
            (label_smoothing, gamma, epsilon),
            alpha,
        )

    def softmax_categorical_focal_crossentropy(
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
        epsilon,
        alpha,
    ):
        """values := the same of softmax(logits); out := softmax(logits)"""
        self._loss(
            "softmax_categorical_focal_crossentropy",
            dlogits,
            values,
            out,
            logits,
            target,
            weight,
            scale,
            (label_smoothing, gamma, epsilon),
            alpha,
        )

    def categorical_generalized_cross_entropy(
        self, dpred, values, pred, labels, weight, scale, q
    ):
        """values := (1 - pred[label]^q) / q of each row"""
        self._loss(
            "categorical_generalized_cross_entropy",
            dpred,
            values,
            None,
            pred,
            labels,
            weight,
            scale,
            (q,),
        )
