"""How Sphinx makes the pages: `python -m sphinx -W docs build/docs`."""

import inspect
import re

import fastnn

project = "fastnn"
author = "the fastnn authors"
copyright = author
version = release = fastnn.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
]
templates_path = ["templates"]
html_theme = "alabaster"
html_theme_options = {"description": "Dense networks on CPUs, with Keras's names"}

# Links out of this folder; tests/docs checks that they lead somewhere.
suppress_warnings = ["myst.xref_missing"]
myst_heading_anchors = 3

# What is public is what a module's `__all__` names, wherever it is defined. A module
# that is public itself has a page of its own.
autosummary_context = {
    "rooms": [
        name
        for module in (fastnn, fastnn.datasets, fastnn.optimizers)
        for name, value in vars(module).items()
        if inspect.ismodule(value)
    ]
}
autosummary_ignore_module_all = False
autosummary_imported_members = True
autodoc_member_order = "bysource"
autodoc_typehints = "none"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True

_SPECIAL = re.compile(r"([|*\\])|(?<=\w)_(?=\W|$)")


def escape(app, what, name, obj, options, lines):
    """Formulas are plain text: what means something to reStructuredText is quoted."""
    for i, line in enumerate(lines):
        if not line.lstrip().startswith((">>>", "...")):
            lines[i] = _SPECIAL.sub(lambda match: "\\" + match[0], line)


def setup(app):
    app.connect("autodoc-process-docstring", escape, priority=100)
