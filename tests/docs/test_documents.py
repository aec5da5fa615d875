"""The Python of every page runs, and its links lead somewhere."""

import re
from pathlib import Path

import numpy as np
import pytest

import fastnn
from fastnn.datasets import mnist

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("*/README.md")])
FENCE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#]+)[^)]*\)")


def python_blocks(page):
    """The page's Python, each block moved to its own line numbers."""
    text = page.read_text(encoding="utf-8")
    for match in FENCE.finditer(text):
        lines_before = text.count("\n", 0, match.start(1))
        yield "\n" * lines_before + match.group(1)


def shell_lines(page):
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def small_digits():
    """What `mnist.load_data` returns, in its shapes and types, with 640 + 64 rows."""
    rng = np.random.default_rng(3)

    def part(rows):
        labels = rng.integers(0, 10, rows).astype(np.uint8)
        images = rng.integers(0, 256, (rows, 28, 28)).astype(np.uint8)
        return images, labels

    return part(640), part(64)


def pages_with_python():
    return [page for page in PAGES if any(python_blocks(page))]


@pytest.mark.parametrize("page", pages_with_python(), ids=lambda page: page.name)
@pytest.mark.filterwarnings("ignore:.*learning_rate:DeprecationWarning")
def test_python_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(mnist, "load_data", small_digits)
    namespace = {"__name__": "__main__"}
    for block in python_blocks(page):
        exec(compile(block, str(page), "exec"), namespace)
    assert namespace.get("fastnn", fastnn) is fastnn


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    links = LINK.findall(page.read_text(encoding="utf-8"))
    here = [link for link in links if "://" not in link]
    assert not [link for link in here if not (page.parent / link).exists()]


def test_readme_begins_with_the_two_commands():
    demo, tests = shell_lines(ROOT / "README.md")[:2]
    assert demo.endswith("-m fastnn demo")
    assert tests.endswith("-m pytest -n auto")
