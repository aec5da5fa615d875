"""The command line: `python -m fastnn`."""

import argparse
import sys

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Runs a command.

    Args:
        arguments: Words after `python -m fastnn`; `None` takes those of the process.

    Returns:
        The exit status.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return 0
    # Only here: `--help` and `--version` answer without loading a network.
    from fastnn.demo.command import run

    try:
        run(options.data, options.rows, options.seed, options.epochs)
    except (OSError, ValueError) as error:
        print(f"fastnn demo: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    from fastnn.version import __version__

    parser = argparse.ArgumentParser(
        prog="python -m fastnn",
        description="Neural networks of dense layers, trained fast.",
    )
    parser.add_argument("--version", action="version", version=f"fastnn {__version__}")
    commands = parser.add_subparsers(dest="command", title="commands")
    demo = commands.add_parser(
        "demo",
        help="train a predictive-maintenance classifier, in seconds, with no download",
        description="Trains a network that foresees failures of a milling machine, "
        "tests it and says in words what the result means.",
    )
    demo.add_argument(
        "--data",
        metavar="CSV",
        help="the real AI4I 2020 file, plain or packed; without it data are made by "
        "the same process",
    )
    demo.add_argument("--rows", type=int, default=10000, help="parts to make (10000)")
    demo.add_argument("--epochs", type=int, default=300, help="the most epochs (300)")
    demo.add_argument("--seed", type=int, default=0, help="seed of split, network (0)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
