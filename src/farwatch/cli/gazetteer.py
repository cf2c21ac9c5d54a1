"""`farwatch gazetteer`: look up places, import GeoNames' full dump."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from farwatch.errors import NotFound

if TYPE_CHECKING:
    from farwatch.world.gazetteer import Gazetteer


def chosen(folder: Path | None = None) -> Gazetteer:
    """The gazetteer in `folder`, else the one imported into the data folder, else the built-in."""
    from farwatch.settings import load
    from farwatch.world.gazetteer import open as opened
    from farwatch.world.gazetteer import prefer

    return opened(folder) if folder is not None else prefer(load().data_dir / "gazetteer")


@click.group()
def gazetteer() -> None:
    """Look up places, import GeoNames' full dump."""


@gazetteer.command("import")
@click.argument("dump", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--admin1", type=click.Path(path_type=Path), help="admin1CodesASCII.txt")
@click.option("--admin2", type=click.Path(path_type=Path), help="admin2Codes.txt")
@click.option("--alternate", type=click.Path(path_type=Path), help="alternateNamesV2.txt")
@click.option(
    "--target", type=click.Path(path_type=Path), help="Folder; default: in the data folder."
)
@click.option("--partial", is_flag=True, help="Leave out lines that cannot be read, naming each.")
def import_dump(
    dump: Path,
    admin1: Path | None,
    admin2: Path | None,
    alternate: Path | None,
    **options: Any,
) -> None:
    """Compile GeoNames' dump (allCountries.txt, a country's or a cities file) for `locate`."""
    from farwatch.settings import load
    from farwatch.world.gazetteer import open as opened
    from farwatch.world.geonames_import import Dump, import_geonames

    folder = options["target"] or load().data_dir / "gazetteer"
    counts = import_geonames(
        Dump(dump, admin1, admin2, alternate), folder, opened(), partial=options["partial"]
    )
    for error in counts.rejected:
        click.echo(f"farwatch: {error}", err=True)
    click.echo(f"{counts.places:,} places with {counts.names:,} names compiled into {folder}")
    if counts.refused:
        click.echo(f"{counts.refused:,} lines left out", err=True)


@gazetteer.command()
@click.argument("name")
@click.option(
    "--gazetteer", "folder", type=click.Path(path_type=Path), help="An imported gazetteer."
)
def lookup(name: str, folder: Path | None) -> None:
    """List the places of a name, most populous first."""
    found = chosen(folder).lookup(name)
    if not found:
        raise NotFound(f"no place is called {name!r}")
    for place in found:
        where = ", ".join(part for part in (place.admin1_name, place.country) if part)
        click.echo(
            f"{place.geonameid or '-':>9}  {place.lat:9.4f} {place.lon:9.4f}  {place.precision:8}"
            f"{place.population:>12,}  {place.name} ({where})"
        )
