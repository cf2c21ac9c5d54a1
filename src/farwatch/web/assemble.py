"""Bring the front-end files that ship in the wheel, draw the map's outlines, compile the languages.

Run by `make setup`: `python -m farwatch.web.assemble NODE_MODULES`.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from farwatch.web import outlines
from farwatch.web.i18n import DOMAIN, LOCALE

VENDOR = Path(__file__).parent / "static" / "vendor"
FILES = (
    "htmx.org/dist/htmx.min.js",
    "maplibre-gl/dist/maplibre-gl.mjs",
    "maplibre-gl/dist/maplibre-gl-worker.mjs",
    "maplibre-gl/dist/maplibre-gl.css",
)


def assemble(node_modules: Path) -> int:
    """Copy the files and compile the catalogues; how many were written."""
    VENDOR.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copyfile(node_modules / name, VENDOR / Path(name).name)
    drawn = outlines.write(node_modules / "world-atlas", VENDOR)
    catalogues = sorted(LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))
    for path in catalogues:
        with path.open("rb") as source:
            catalogue = read_po(source)
        with path.with_suffix(".mo").open("wb") as target:
            write_mo(target, catalogue)
    return len(FILES) + drawn + len(catalogues)


if __name__ == "__main__":
    sys.stdout.write(f"{assemble(Path(sys.argv[1]))} front-end files\n")
