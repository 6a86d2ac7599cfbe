"""Checks that every link leads somewhere: inside the built documentation, and from the documents at the root."""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

PROJECT = Path(__file__).resolve().parents[1]


class Page(HTMLParser):
    def __init__(self, file: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.anchors.add(str(given["id"]))
        for name in ("href", "src"):
            if given.get(name) and tag in ("a", "img", "link", "script"):
                self.links.append(str(given[name]))


def headings(text: str) -> set[str]:
    """Give the anchors of a Markdown file's headings, as the forges that show it make them."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def problems_at_the_root() -> list[str]:
    """Look at README, CONTRIBUTING and CHANGELOG, which are read where they lie and are not built."""
    found = []
    for file in sorted(PROJECT.glob("*.md")):
        for link in re.findall(r"\]\(([^)\s]+)", file.read_text(encoding="utf-8")):
            address, anchor = urldefrag(link)
            if urlsplit(link).scheme:
                continue
            target = (file.parent / unquote(address)).resolve() if address else file
            if not target.exists():
                found.append(f"{file.name}: {link} leads nowhere.")
            elif anchor and anchor not in headings(target.read_text(encoding="utf-8")):
                found.append(f"{file.name}: {link} names a heading that is not there.")
    return found


def problems(root: Path) -> list[str]:
    pages = {file.resolve(): Page(file) for file in sorted(root.rglob("*.html"))}
    found = []
    for file, page in pages.items():
        for link in page.links:
            address, anchor = urldefrag(link)
            if urlsplit(link).scheme or address.startswith("//"):
                continue
            target = (file.parent / unquote(address.split("?")[0])).resolve() if address else file
            if not target.exists():
                found.append(f"{file.relative_to(root.resolve())}: {link} leads nowhere.")
            elif anchor and target in pages and unquote(anchor) not in pages[target].anchors:
                found.append(
                    f"{file.relative_to(root.resolve())}: {link} names a heading that is not there."
                )
    return found


if __name__ == "__main__":
    found = problems_at_the_root() + problems(Path(sys.argv[1]))
    print("\n".join(found) or "Every link leads somewhere.")
    sys.exit(bool(found))
