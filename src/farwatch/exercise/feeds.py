"""Documents in the real feed formats, made from invented statements. Bytes out, no files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import escape

NOTE = "Exercise: invented for practice, not real."


@dataclass(frozen=True, slots=True)
class Item:
    """One news item of an outlet."""

    key: str
    published: datetime
    title: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Quake:
    """One state of an earthquake solution."""

    key: str
    time: datetime
    updated: datetime
    mag: float
    lat: float
    lon: float
    depth: float
    status: str


def rss(title: str, items: Sequence[Item]) -> bytes:
    """An RSS 2.0 feed, newest item first."""
    entries = "".join(
        f"<item><title>{escape(item.title)}</title><link>{escape(item.url)}</link>"
        f'<guid isPermaLink="false">{escape(item.key)}</guid>'
        f"<pubDate>{format_datetime(item.published)}</pubDate>"
        f"<description>{escape(item.text)}</description><category>Exercise</category></item>"
        for item in sorted(items, key=lambda item: (item.published, item.key), reverse=True)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>'
        f"<title>{escape(title)}</title><link>https://exercise.example/</link>"
        f"<description>{NOTE}</description>{entries}</channel></rss>\n"
    ).encode()


def usgs(quakes: Iterable[Quake], generated: datetime) -> bytes:
    """A complete GeoJSON snapshot of the last day, as the USGS summary feed writes it."""
    features = [
        _usgs_feature(quake) for quake in sorted(quakes, key=lambda q: q.time, reverse=True)
    ]
    return json.dumps(
        {
            "type": "FeatureCollection",
            "metadata": {
                "generated": _ms(generated),
                "title": f"All Earthquakes, Past Day ({NOTE})",
                "status": 200,
                "count": len(features),
            },
            "features": features,
        }
    ).encode()


def _usgs_feature(quake: Quake) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {
            "mag": quake.mag,
            "place": f"{abs(quake.lat):.1f} S, {abs(quake.lon):.1f} W",
            "time": _ms(quake.time),
            "updated": _ms(quake.updated),
            "url": f"https://earthquake.exercise.example/earthquakes/eventpage/{quake.key}",
            "felt": None,
            "cdi": None,
            "mmi": None,
            "alert": None,
            "status": quake.status,
            "tsunami": 0,
            "sig": round(quake.mag * 100),
            "net": "us",
            "code": quake.key.removeprefix("us"),
            "ids": f",{quake.key},",
            "sources": ",us,",
            "types": ",origin,",
            "nst": None,
            "dmin": None,
            "rms": 0.9,
            "gap": 40,
            "magType": "mww",
            "type": "earthquake",
            "title": f"M {quake.mag:.1f} - exercise",
        },
        "geometry": {"type": "Point", "coordinates": [quake.lon, quake.lat, quake.depth]},
        "id": quake.key,
    }


def gdacs(quakes: Iterable[Mapping[str, Any]]) -> bytes:
    """A GDACS event collection with one centroid feature for each earthquake."""
    features = [
        {
            "type": "Feature",
            "id": f"EQ{quake['id']}{quake['episode']}Centroid",
            "properties": {
                "description": f"{quake['alert']} earthquake ({NOTE})",
                "name": "Earthquake in Peru",
                "link": (
                    "https://www.gdacs.org/report.aspx?eventtype=EQ"
                    f"&eventid={quake['id']}&episodeid={quake['episode']}"
                ),
                "alertlevel": quake["alert"],
                "eventtype": "EQ",
                "eventid": str(quake["id"]),
                "episodeid": str(quake["episode"]),
                "eventname": "",
                "fromdate": quake["time"].strftime("%d %b %Y %H:%M:%S"),
                "todate": quake["time"].strftime("%d %b %Y %H:%M:%S"),
                "country": "Peru",
                "iso3": "PER",
                "severity": str(quake["mag"]),
                "latitude": str(quake["lat"]),
                "longitude": str(quake["lon"]),
                "polygonlabel": "Centroid",
                "Class": "Point_Centroid",
            },
            "geometry": {"type": "Point", "coordinates": [quake["lon"], quake["lat"]]},
        }
        for quake in quakes
    ]
    return json.dumps({"type": "FeatureCollection", "metadata": {}, "features": features}).encode()


def cap(warning: Mapping[str, Any]) -> bytes:
    """A CAP 1.2 alert with status Exercise; `references` is what an Update or Cancel is about."""
    said = warning["references"]
    references = f"<references>{said}</references>" if said else ""
    response = "".join(f"<responseType>{word}</responseType>" for word in warning["response"])
    polygon = " ".join(f"{lat},{lon}" for lat, lon in warning["polygon"])
    area = f"<polygon>{polygon}</polygon>" if polygon else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">'
        f"<identifier>{warning['identifier']}</identifier><sender>{warning['sender']}</sender>"
        f"<sent>{cap_time(warning['sent'])}</sent><status>Exercise</status>"
        f"<msgType>{warning['msg_type']}</msgType><scope>Public</scope><note>{NOTE}</note>"
        f"{references}<info><language>en</language><category>{warning['category']}</category>"
        f"<event>{escape(warning['event'])}</event>{response}"
        f"<urgency>{warning['urgency']}</urgency><severity>{warning['severity']}</severity>"
        f"<certainty>{warning['certainty']}</certainty>"
        f"<expires>{cap_time(warning['expires'])}</expires>"
        f"<headline>{escape(warning['headline'])}</headline>"
        f"<description>{escape(warning['text'])}</description>"
        f"<area><areaDesc>{escape(warning['area'])}</areaDesc>{area}</area></info></alert>\n"
    ).encode()


def gdelt(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """GDELT 2.0 event rows: 61 tab-separated columns, no header."""
    return "".join("\t".join(_gdelt_row(row)) + "\n" for row in rows).encode()


def _gdelt_row(row: Mapping[str, Any]) -> list[str]:
    when: datetime = row["time"]
    geo, code = row["geo"], str(row["code"])
    place = [
        str(geo["type"]), geo["name"], geo["country"], geo["country"], "",
        str(geo["lat"]), str(geo["lon"]), str(geo.get("feature", geo["country"])),
    ]  # fmt: skip
    actor = ["", "", "", "", "", "", "", "", "", ""]
    date = [when.strftime("%Y%m%d"), when.strftime("%Y%m"), when.strftime("%Y"), ""]
    date[3] = f"{when.year + when.timetuple().tm_yday / 365:.4f}"
    quad = "4" if code[:2] in {"14", "15", "16", "17", "18", "19", "20"} else "1"
    return [
        str(row["id"]), *date, *actor, *actor, "1", code, code[:3], code[:2], quad,
        "-5.0" if quad == "4" else "1.0", str(row["mentions"]), "1", str(row["mentions"]), "-3.2",
        *["0", "", "", "", "", "", "", ""], *["0", "", "", "", "", "", "", ""], *place,
        row["added"].strftime("%Y%m%d%H%M%S"), row["url"],
    ]  # fmt: skip


STAFF_COLUMNS = (
    "id", "time", "site", "kind", "severity", "grade", "text", "lat", "lon", "restricted",
)  # fmt: skip


def staff_csv(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The organisation's own reports as CSV with a header."""
    out = io.StringIO()
    writer = csv.DictWriter(out, STAFF_COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _staff_value(row.get(name, "")) for name in STAFF_COLUMNS})
    return out.getvalue().encode()


def staff_jsonl(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The organisation's own reports as JSON lines."""
    lines = [{k: _json_value(v) for k, v in row.items() if v != ""} for row in rows]
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def _staff_value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _json_value(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def fcdo(country: str, slug: str, advice: Mapping[str, Any]) -> bytes:
    """A travel-advice document of the UK content API."""
    when = advice["time"].isoformat()
    status = [advice["status"]] if advice.get("status") else []
    part = {
        "slug": advice["part"].lower().replace(" ", "-"),
        "title": advice["part"],
        "body": f"<p>{escape(advice['text'])}</p>",
    }
    return json.dumps(
        {
            "base_path": f"/foreign-travel-advice/{slug}",
            "content_id": "00000000-0000-4000-8000-000000000001",
            "document_type": "travel_advice",
            "first_published_at": when,
            "public_updated_at": when,
            "updated_at": when,
            "locale": "en",
            "phase": "live",
            "schema_name": "travel_advice",
            "title": f"{country} travel advice",
            "description": f"{NOTE}",
            "withdrawn_notice": {},
            "links": {},
            "details": {
                "country": {"name": country, "slug": slug, "synonyms": []},
                "summary": f"<p>{escape(advice['text'])}</p>",
                "alert_status": status,
                "change_description": advice["summary"],
                "updated_at": when,
                "reviewed_at": when,
                "parts": [part],
            },
        }
    ).encode()


def canada(code: str, country: str, advice: Mapping[str, Any]) -> bytes:
    """The index of Canada's travel advisories with one country in it."""
    when: datetime = advice["time"]
    entry = {
        "full-info-url": f"cta-cap-{code}.json",
        "date-published": {
            "timestamp": int(when.timestamp()),
            "date": when.strftime("%Y-%m-%d %H:%M:%S"),
            "asp": when.strftime("%Y-%m-%dT%H:%M:%S"),
        },
        "advisory-state": advice["level"],
        "has-advisory-warning": int(advice["level"] > 1),
        "has-regional-advisory": 1,
        "has-content": 1,
        "recent-updates-type": "Full TAA review",
        "eng": {
            "name": country,
            "url-slug": country.lower(),
            "friendly-date": "",
            "advisory-text": advice["text"],
            "recent-updates": NOTE,
        },
    }
    generated = {"timestamp": int(when.timestamp()), "date": when.strftime("%Y-%m-%d %H:%M:%S")}
    return json.dumps({"metadata": {"generated": generated}, "data": {code: entry}}).encode()


def _ms(when: datetime) -> int:
    return int(when.timestamp() * 1000)


def cap_time(when: datetime) -> str:
    """A time as CAP writes it: UTC is -00:00, never Z."""
    return when.strftime("%Y-%m-%dT%H:%M:%S-00:00")


def quarter_after(when: datetime) -> datetime:
    """The next quarter of an hour, when GDELT's next file comes out."""
    floor = when.replace(minute=when.minute - when.minute % 15, second=0, microsecond=0)
    return floor if floor == when else floor + timedelta(minutes=15)
