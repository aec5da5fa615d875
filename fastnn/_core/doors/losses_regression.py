"""Doors of `losses_regression.pxi`."""

from fastnn._core.doors.base import Base


class LossesRegressionDoors(Base):
    def mean_squared_error(self, dpred, values, pred, target, weight, scale):
        """values := mean((pred - target)^2) of each row"""
        self._loss(
            "mean_squared_error", dpred, values, None, pred, target, weight, scale
        )

    def mean_absolute_error(self, dpred, values, pred, target, weight, scale):
        """values := mean(|pred - target|) of each row"""
        self._loss(
            "mean_absolute_error", dpred, values, None, pred, target, weight, scale
        )

    def mean_absolute_percentage_error(
        self, dpred, values, pred, target, weight, scale, epsilon
    ):
        """values := 100 mean(|pred - target| / max(|target|, epsilon)) of each row"""
        self._loss(
            "mean_absolute_percentage_error",
            dpred,
            values,
            None,
            pred,
            target,
            weight,
            scale,
            (epsilon,),
        )

    def mean_squared_logarithmic_error(
        self, dpred, values, pred, target, weight, scale, epsilon
    ):
        """values := mean((log(1 + pred) - log(1 + target))^2) of each row"""
        self._loss(
            "mean_squared_logarithmic_error",
            dpred,
            values,
            None,
            pred,
            target,
            weight,
            scale,
            (epsilon,),
        )

    def huber(self, dpred, values, pred, target, weight, scale, delta):
        """values := mean of squares near, of distances far from the target, by row"""
        self._loss("huber", dpred, values, None, pred, target, weight, scale, (delta,))

    def log_cosh(self, dpred, values, pred, target, weight, scale):
        """values := mean(log(cosh(pred - target))) of each row"""
        self._loss("log_cosh", dpred, values, None, pred, target, weight, scale)

    def poisson(self, dpred, values, pred, target, weight, scale, epsilon):
        """values := mean(pred - target * log(pred + epsilon)) of each row"""
        self._loss(
            "poisson", dpred, values, None, pred, target, weight, scale, (epsilon,)
        )

    def kl_divergence(self, dpred, values, pred, target, weight, scale, epsilon):
        """values := sum(target * log(target / pred)) of each row"""
        self._loss(
            "kl_divergence",
            dpred,
            values,
            None,
            pred,
            target,
            weight,
            scale,
            (epsilon,),
        )

    def cosine_similarity(self, dpred, values, pred, target, weight, scale, epsilon):
        """values := -(target . pred) / (|target| |pred|) of each row"""
        self._loss(
            "cosine_similarity",
            dpred,
            values,
            None,
            pred,
            target,
            weight,
            scale,
            (epsilon,),
        )
