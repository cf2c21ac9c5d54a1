"""Values of a site list that two readers would read two ways."""

from __future__ import annotations

import pytest

from farwatch.protect.sites import read_sites


def sites(**values: str):
    row = {"name": "Depot", "lat": "-22.5", "lon": "17.1", **values}
    quoted = ",".join(f'"{value}"' for value in row.values())
    return read_sites(f"{','.join(row)}\n{quoted}\n".encode(), "sites.csv")


@pytest.mark.parametrize(
    ("text", "staff"), [("1,000", 1000), ("12,500", 12500), ("40", 40), ("40,0", 40), ("-", None)]
)
def test_a_thousand_people_are_not_one(text: str, staff: int | None):
    (site,) = sites(staff=text).sites
    assert site.staff == staff


def test_a_height_that_is_a_thousand_or_one_is_asked_for():
    found = sites(height_m="1,200")
    assert not found.sites
    (wrong,) = found.rejected
    assert (wrong.field, wrong.value) == ("height_m", "1,200")
    assert "may be a thousand or a decimal" in wrong.reason
    (site,) = sites(height_m="1,25", coast_km="0,125").sites
    assert (site.height_m, site.coast_km) == (1.25, 0.125)


def test_a_coordinate_has_no_thousands():
    (site,) = sites(lat="-22,561").sites
    assert site.lat == -22.561


@pytest.mark.parametrize(("text", "country"), [("NA", "NA"), ("n/a", None), ("na", None)])
def test_namibia_is_a_country(text: str, country: str | None):
    (site,) = sites(country=text).sites
    assert site.country == country
