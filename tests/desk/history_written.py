"""Small files of history, written for the tests: GED, a panel, GDELT's export."""

from __future__ import annotations

import csv
from pathlib import Path

from farwatch.sources.gdelt import ADDED, CODE, COLUMNS, GEO_COUNTRY, GEO_LAT, GEO_LON, GEO_TYPE, ID

REGIONS = ("Africa", "Americas", "Asia", "Europe", "Middle East")
_GED = {
    "id": "", "year": "", "type_of_violence": "1", "where_prec": "1", "where_coordinates": "Town",
    "adm_1": "Province", "latitude": "9.0", "longitude": "38.7", "country_id": "530",
    "region": "Africa", "date_prec": "1", "date_start": "", "date_end": "", "best": "1",
    "high": "2", "low": "0", "code_status": "Clear",
}  # fmt: skip


def ged(path: Path, *events: tuple[str, str, int], **cells: str) -> Path:
    """Events (id, last day, deaths) of Ethiopia, or as `cells` say."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(_GED))
        writer.writeheader()
        for identity, day, best in events:
            told = {"id": identity, "date_start": day, "date_end": day, "best": str(best)}
            writer.writerow({**_GED, **told, **cells})
    return path


def world(path: Path, day: str) -> Path:
    """A release with an event in each of UCDP's regions, one death each, on one day."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(_GED))
        writer.writeheader()
        for number, region in enumerate(REGIONS):
            told = {"id": f"w{number}", "region": region, "date_start": day, "date_end": day}
            writer.writerow({**_GED, **told})
    return path


def panel(path: Path, *cells: tuple[int, int, str]) -> Path:
    """Cells (month_id, country_id, ged_sb) of a panel; ged_os is empty, ged_ns missing."""
    lines = [f"{month},{country},{deaths}," for month, country, deaths in cells]
    path.write_text("\n".join(["month_id,country_id,ged_sb,ged_os", *lines]), encoding="utf-8")
    return path


def gdelt(path: Path, slot: str, *codes: str) -> Path:
    """An export of a slot (YYYYMMDDHHMMSS): a row of Ethiopia a CAMEO code."""
    lines = []
    for number, code in enumerate(codes, 1):
        cells = [""] * COLUMNS
        told = {
            ID: f"{slot}{number}"[-9:], 1: slot[:8], CODE: code, GEO_TYPE: "4", GEO_COUNTRY: "ET",
            GEO_LAT: "9.0", GEO_LON: "38.7", ADDED: slot,
        }  # fmt: skip
        for column, value in told.items():
            cells[column] = value
        lines.append("\t".join(cells) + "\n")
    path.write_text("".join(lines), encoding="utf-8")
    return path
