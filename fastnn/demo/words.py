"""The demo's results in words."""

import numpy as np

from fastnn.demo.scores import Scores

__all__ = ["about_data", "about_meaning", "about_scores", "about_training"]

_MODES = {
    "TWF": "tool wear",
    "HDF": "heat dissipation",
    "PWF": "power",
    "OSF": "overstrain",
    "RNF": "chance",
}
_MEASURED = ("HDF", "PWF", "OSF")


def about_data(y: np.ndarray, made: bool) -> str:
    """Says what the data are."""
    source = "made by the process of" if made else "of the real file of"
    failures = int(y[:, 0].sum())
    return (
        f"Data: {len(y)} parts {source} the AI4I 2020 data (Matzka 2020); {failures} "
        f"of them failed on the machine ({failures / len(y):.1%}).\n"
        "Training: 68 % of the parts to learn from, 12 % to tell when to stop, 20 % "
        "kept for the test."
    )


def about_training(history: dict, model, seconds: float) -> str:
    """Says how the training went."""
    losses = history["val_loss"]
    best = int(np.nanargmin(losses))
    return (
        f"  {len(losses)} epochs in {seconds:.2f} s; the weights of epoch {best + 1} "
        f"are kept (val_loss {losses[best]:.4f}, {model.count_params()} parameters)."
    )


def about_scores(scores: Scores) -> str:
    """Lists the figures of the test."""
    lines = [
        f"Test on {scores.parts} other parts, {scores.failures} of which failed; alarm "
        "where the risk is 50 % or more:",
        f"  average precision  {scores.average_precision:.3f}   (guessing gives "
        f"{scores.failures / scores.parts:.3f}, 1 is perfect)",
        f"  precision          {scores.precision:.3f}   ({scores.found} of "
        f"{scores.alarms} alarms were right)",
        f"  recall             {scores.recall:.3f}   ({scores.found} of "
        f"{scores.failures} failures were flagged)",
        "  by failure mode    failed  flagged  recall",
    ]
    for mode, (failed, flagged) in scores.modes.items():
        recall = f"{flagged / failed:.2f}" if failed else "-"
        lines.append(
            f"    {mode} {_MODES[mode]:<16} {failed:4d} {flagged:8d} {recall:>7}"
        )
    return "\n".join(lines)


def about_meaning(scores: Scores) -> str:
    """Says what the figures mean for whoever runs the machine."""
    lines = ["What it means:"]
    if scores.alarms:
        lines.append(
            f"  Of ten alarms about {10 * scores.precision:.0f} are right, so that it "
            "pays to stop and look."
        )
    else:
        lines.append("  There was no alarm: it has seen too little to dare one.")
    if scores.failures:
        lines.append(
            f"  Of ten failures about {10 * scores.recall:.0f} show in the readings "
            "and are flagged."
        )
    measured = [scores.modes[mode] for mode in _MEASURED]
    failed, flagged = (sum(column) for column in zip(*measured, strict=True))
    lines += [
        "  Heat, power and overstrain failures follow from what is measured: of these "
        "it flagged",
        f"  {flagged} of {failed}. When a worn tool breaks is drawn by lot, and chance "
        "has no cause: no",
        "  network can foresee them from the data, so replace tools early. A threshold "
        "below 50 %",
        "  flags more failures for more false alarms.",
    ]
    return "\n".join(lines)
