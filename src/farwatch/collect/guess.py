"""Guess which format a file is in from its name and first bytes, and which source reads it.

The sniffers look for words that a format's publisher always writes, not for a whole parse: a file
that is cut short or partly wrong still goes to its reader, which says what is wrong with it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from farwatch.errors import UnreadableFeed
from farwatch.model.terms import Source

HEAD_BYTES = 65_536
NO_READER = "no source reads this"

_GDELT_COLUMNS = 61
_BOMS: tuple[tuple[bytes, str], ...] = (  # longest first: UTF-32's begins with UTF-16's
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00<", "utf-16-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x4c\x6f\xa7\x94", "cp037"),  # "<?xm" in EBCDIC
)


@dataclass(frozen=True, slots=True)
class Sample:
    """What is looked at: the file's name ("tar.gz!member" inside an archive) and its first bytes.

    `text` is the head decoded, wrong bytes replaced; `root` the local name of an XML document's
    first element in lower case, "" where there is none; `columns` the first CSV line's.
    """

    name: str
    head: bytes
    text: str
    root: str
    columns: frozenset[str]


def sample(name: str, head: bytes) -> Sample:
    """The sample of a file; `head` is its first `HEAD_BYTES` or all of it."""
    text = _decode(head[:HEAD_BYTES])
    return Sample(name, head, text, _xml_root(text), _columns(text))


def _decode(head: bytes) -> str:
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return head.decode(encoding, errors="replace").lstrip("\ufeff")
    return head.decode("utf-8", errors="replace")


_ELEMENT = re.compile(r"<(?:[A-Za-z_][\w.-]{0,99}:)?([A-Za-z_][\w.-]{0,99})[\s/>]")
_CLOSING = (("<!--", "-->"), ("<?", "?>"))


def _xml_root(text: str) -> str:
    """One pass over the prologue: comments, instructions and a DOCTYPE are stepped over."""
    at = text.find("<") if text.lstrip().startswith("<") else -1
    while at >= 0:
        closing = next((end for start, end in _CLOSING if text.startswith(start, at)), None)
        if closing is not None:
            after = text.find(closing, at + 2)
        elif text.startswith("<!DOCTYPE", at):
            after = _end_of_doctype(text, at)
        elif element := _ELEMENT.match(text, at):
            return element.group(1).lower()
        else:
            after = at
        at = text.find("<", after + 1) if after >= 0 else -1
    return ""


def _end_of_doctype(text: str, at: int) -> int:
    end, subset = text.find(">", at), text.find("[", at)
    if 0 <= subset < end:
        end = text.find("]", subset)
    return end


def _columns(text: str) -> frozenset[str]:
    line = text.lstrip().split("\n", 1)[0]
    return frozenset(cell.strip().strip('"').lower() for cell in re.split(r"[,;\t]", line))


_CAP = re.compile(r"urn:oasis:names:tc:emergency:cap|incident\.com/cap|application/cap\+xml")
_CAP_LINK = re.compile(r"(?:href=[\"']|<link>)[^<\"']*(?:\.cap\b|/cap/|capid=)", re.IGNORECASE)


def _cap(file: Sample) -> bool:
    return file.root in {"alert", "edxldistribution"}


def _cap_index(file: Sample) -> bool:
    marked = _CAP.search(file.text) or _CAP_LINK.search(file.text)
    return file.root in {"feed", "rss", "rdf"} and bool(marked)


def _state_department(file: Sample) -> bool:
    advisories = "travel.state.gov" in file.text and "dvisor" in file.text
    return advisories and (file.root == "rss" or file.text.lstrip()[:1] in {"[", "{"})


def _rss(file: Sample) -> bool:
    return file.root in {"rss", "feed", "rdf", "channel"}


def _json_with(*patterns: str) -> Callable[[Sample], bool]:
    """A sniffer: JSON whose head holds every one of these patterns."""
    compiled = [re.compile(pattern) for pattern in patterns]

    def sniff(file: Sample) -> bool:
        return file.text.lstrip()[:1] in {"{", "["} and all(p.search(file.text) for p in compiled)

    return sniff


def _csv_with(*columns: str) -> Callable[[Sample], bool]:
    """A sniffer: a table whose first line names all these columns."""
    return lambda file: file.columns.issuperset(columns)


def _gdelt(file: Sample) -> bool:
    if re.search(r"\d{14}\.export\.csv", file.name, re.IGNORECASE):
        return True
    lines = (line.split("\t") for line in file.text.split("\n", 20)[:20])
    return any(len(cells) == _GDELT_COLUMNS and cells[0].isdigit() for cells in lines)


def _staff_lines(file: Sample) -> bool:
    try:
        first = json.loads(file.text.lstrip().split("\n", 1)[0])
    except ValueError:
        return False
    return (
        isinstance(first, dict)
        and first.keys() >= {"id", "time"}
        and bool(first.keys() & {"text", "kind"})
    )


def _staff_table(file: Sample) -> bool:
    return file.columns >= {"id", "time"} and bool(file.columns & {"text", "kind"})


def _parquet(file: Sample) -> bool:
    return file.head.startswith(b"PAR1")


# Format -> how it is known, most telling first. A file may pass several (a CAP index is an Atom
# feed too): a source's `files` patterns then choose, else the first that passes.
SNIFFERS: tuple[tuple[str, Callable[[Sample], bool]], ...] = (
    ("ucdp", _parquet),
    ("ucdp_panel", _parquet),
    ("cap", _cap),
    ("cap_index", _cap_index),
    ("state_department", _state_department),
    ("rss", _rss),
    ("cap_index", lambda file: file.root in {"feed", "rss"}),
    ("gdacs", _json_with(r'"FeatureCollection"', r'"eventtype"|gdacs\.org')),
    ("usgs", _json_with(r'"FeatureCollection"', r'earthquake\.usgs\.gov|"magType"')),
    ("eonet", _json_with(r'"events"\s*:', r'"geometr(?:y|ies)"', r'"categories"')),
    ("eonet", _json_with(r"eonet\.(?:sci\.)?gsfc\.nasa\.gov", r'"events"\s*:')),
    ("fcdo", _json_with(r'"base_path"\s*:\s*"/foreign-travel-advice')),
    ("canada", _json_with(r"cta-cap-|\"advisory-state\"|travel\.gc\.ca")),
    (
        "who",
        _json_with(
            r"who\.int/api|diseaseoutbreaknews|\"who_reports\"|\"ItemDefaultUrl\"|\"DonId\""
        ),
    ),
    ("worldbank", _json_with(r'^\s*\[\s*\{\s*"page"\s*:', r'"per_?page"|"lastupdated"')),
    ("worldbank", _json_with(r'^\s*\[\s*\{\s*"message"\s*:\s*\[\s*\{\s*"id"\s*:')),
    ("staff", _staff_lines),
    ("firms", _csv_with("latitude", "longitude", "acq_date", "acq_time")),
    ("inform", _csv_with("iso3", "indicatorscore")),
    ("ucdp", _csv_with("type_of_violence", "where_prec")),
    ("staff", _staff_table),
    ("gdelt", _gdelt),
)


def formats(name: str, head: bytes) -> tuple[str, ...]:
    """Every format the file may be in, likeliest first; empty where none is recognised."""
    file = sample(name, head)
    found = (form for form, sniff in SNIFFERS if sniff(file))
    return tuple(dict.fromkeys(found))


def choose(name: str, head: bytes, sources: Mapping[str, Source]) -> Source:
    """The source that reads this file.

    Among the sources of a format that it may be in: the one whose `files` patterns name it most
    closely (a bare `*.ext` names nothing), else the likeliest format's own source (the only one, or
    the one called as the format). A file in no known format goes to a source whose pattern it
    meets. Raises UnreadableFeed with `NO_READER` where there is none, or with the candidates where
    several would do.
    """
    found = formats(name, head)
    if not found:
        return _only(name, _most_closely(name, sources.values(), len))
    able = [source for source in sources.values() if source.format in found]
    if named := _most_closely(name, able, _said):
        return _only(name, named)
    for form in found:
        readers = [source for source in able if source.format == form]
        own = [source for source in readers if source.id.replace("-", "_") == form]
        if readers:
            return _only(name, own or readers)
    raise UnreadableFeed(name, NO_READER)


def _only(name: str, candidates: list[Source]) -> Source:
    if not candidates:
        raise UnreadableFeed(name, NO_READER)
    if len(candidates) > 1:
        ids = ", ".join(sorted(source.id for source in candidates))
        raise UnreadableFeed(name, f"may be read by {ids}: name the source")
    return candidates[0]


def _most_closely(
    name: str, sources: Iterable[Source], weigh: Callable[[str], int]
) -> list[Source]:
    """The sources whose heaviest matching pattern weighs most; none where that is nothing."""
    weights = [
        (max((weigh(p) for p in source.files if matches(name, p)), default=0), source)
        for source in sources
    ]
    best = max((weight for weight, _ in weights), default=0)
    return [source for weight, source in weights if weight == best and best > 0]


def _said(pattern: str) -> int:
    """How much a pattern says: its letters apart from wildcards and the last suffix."""
    stem = pattern.lower().removesuffix(".gz").rpartition(".")[0] or pattern
    return len(re.sub(r"[*?]", "", stem))


def matches(name: str, pattern: str) -> bool:
    """Whether a `files` pattern names the file, an archive's name standing for its members.

    Patterns are matched from the right, whole path parts, without regard to case; a ".gz" that the
    pattern leaves out is looked over.
    """
    pattern = pattern.lower().lstrip("/")
    for part in {name.lower(), *name.lower().split("!")}:
        for candidate in {part, part.removesuffix(".gz")}:
            if fnmatchcase(candidate, pattern) or fnmatchcase(candidate, f"*/{pattern}"):
                return True
    return False
