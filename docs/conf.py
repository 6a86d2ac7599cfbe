"""How the documentation is built: strictly, from the pages beside this file and from the code."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import alongside

project = "Alongside"
version = release = alongside.__version__
project_copyright = "the Alongside project"
language = "en"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "generated",
]
exclude_patterns = ["_build"]
source_suffix = {".md": "markdown"}
myst_enable_extensions = ["colon_fence", "deflist", "attrs_block"]
myst_heading_anchors = 4
autodoc_typehints = "description"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
nitpick_ignore_regex = [
    # Types of other projects, whose own documentation is elsewhere.
    (r"py:.*", r"(?!alongside\.).*"),
    # Named in a signature, described where they are used.
    (r"py:(class|obj|exc|meth|data|attr|func)", r"alongside\..*"),
]

html_theme = "furo"
html_title = "Alongside"
html_show_sourcelink = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#155e63", "color-brand-content": "#155e63"},
    "dark_css_variables": {"color-brand-primary": "#7cc4c8", "color-brand-content": "#7cc4c8"},
}
