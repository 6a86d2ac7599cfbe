"""Writes the table of components into docs/reference/design-system.md.

Run ``python -m alongside.web.design.reference`` after changing a component; a test compares.
"""

from __future__ import annotations

from pathlib import Path

from alongside.web.design.components import COMPONENTS, Component

PAGE = Path(__file__).parents[4] / "docs/reference/design-system.md"
START, END = "<!-- components -->\n", "<!-- end of components -->\n"


def _row(component: Component) -> str:
    tag = "enclose" if component.encloses else "component"
    options = [f"**{name}**" for name in component.required]
    for name, value in component.optional.items():
        plain = value in ("", None, (), {}) or value is False
        options.append(name if plain else f"{name}={value!r}")
    return f"| `{component.name}` | {tag} | {component.purpose} | {', '.join(options)} |"


def table() -> str:
    """Every component, one a row: required options in bold, defaults where they say something."""
    rows = "\n".join(_row(component) for component in COMPONENTS.values())
    return f"| component | tag | for | options |\n|---|---|---|---|\n{rows}\n"


def written(page: str) -> str:
    """The page with its table as the components now are."""
    before, _, rest = page.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}{table()}{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
