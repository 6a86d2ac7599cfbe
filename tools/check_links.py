"""Checks that every link inside the built documentation leads to a page and a heading that exist."""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit


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
    found = problems(Path(sys.argv[1]))
    print("\n".join(found) or "Every link leads somewhere.")
    sys.exit(bool(found))
