"""An export and its mapping as files, as a council would have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from alongside.allocation.mapping import load_mapping

if TYPE_CHECKING:
    from pathlib import Path


def written(folder: Path, mapping: dict[str, Any], export: str) -> tuple[dict[str, Any], Path]:
    """Write both, and give the mapping as it is read again, beside the export."""
    (folder / "export.csv").write_text(export, encoding="utf-8")
    (folder / "map.yaml").write_text(yaml.safe_dump(mapping, sort_keys=False), encoding="utf-8")
    return load_mapping(folder / "map.yaml"), folder / "export.csv"
