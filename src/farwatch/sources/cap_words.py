"""What a CAP alert is about: its event text, event codes and categories as one of our kinds."""

from __future__ import annotations

import re
from collections.abc import Sequence

from farwatch.model.kinds import Kind

# First match wins, so what is told apart by one more word stands before its broader kin. English,
# then the words of other languages that publishers put into <event> (French, Spanish, Portuguese,
# German, Italian, Norwegian).
_EVENTS: tuple[tuple[str, Kind], ...] = (
    (r"tsunami|maremoto|raz[- ]de[- ]mar[ée]e", Kind.TSUNAMI),
    (r"earthquake|seism|s[ée]isme|tremblement|terremoto|erdbeben|sismo\b", Kind.EARTHQUAKE),
    (r"volcan|vulkan|vulc[aã]|ash ?fall|lahar", Kind.VOLCANO),
    (r"landslide|mud ?slide|debris flow|avalanche|rock ?fall|glissement|erdrutsch|jordskred"
     r"|snøskred|deslizam(ien|en)to|frana\b", Kind.LANDSLIDE),
    (r"curfew|couvre-feu|toque de queda|state of emergency|martial law|lockdown|airspace clos"
     r"|border clos", Kind.RESTRICTION),
    (r"hurricane|typhoon|cyclone|tropical|ouragan|hurac[áa]n|furac[ãa]o|orkan\b", Kind.CYCLONE),
    (r"air quality|pollution|smog|smoke|dense fog|\bfog\b|brouillard|nebel|niebla", Kind.OTHER),
    (r"structure fire|house fire|building fire|vehicle fire", Kind.OTHER),
    (r"(wild|bush|forest|grass|brush|scrub) ?fire|red flag|fire (weather|danger|ban)"
     r"|feu de for[êe]t|incendies? (forestal|de for[êe]t|florestal)|waldbrand|skogbrann",
     Kind.WILDFIRE),
    (r"flood|inundation|inondation|inundaci|hochwasser|[üu]berschwemmung|alluvion|enchente|flom\b"
     r"|storm surge|river level|crue", Kind.FLOOD),
    (r"chemical|hazardous material|hazmat|radiolog|nuclear|gas leak|industrial|dam (break|failure)"
     r"|oil spill|cbrn|toxic", Kind.INDUSTRIAL),
    (r"active shoot|shooting|gunman|fusillade", Kind.GUN_ATTACK),
    (r"bomb threat|suspicious (package|device|object)|suspect device", Kind.SUSPECT_DEVICE),
    (r"explosion|bomb|blast", Kind.EXPLOSION),
    (r"air raid|missile|rocket fire|drone attack|shelling", Kind.SHELLING),
    (r"riot|civil (unrest|disorder|disturbance)|[ée]meute|looting", Kind.RIOT),
    (r"protest|demonstration|manifestation|strike action|\brally\b", Kind.PROTEST),
    (r"(road|highway|bridge|lane|tunnel).{0,20}(clos|block|restrict)|road hazard|route ferm[ée]e",
     Kind.ROAD_CLOSED),
    (r"epidemic|pandemic|outbreak|disease|cholera|[ée]pid[ée]mie", Kind.OUTBREAK),
    (r"cyber", Kind.CYBER),
    (r"drought|s[ée]cheresse|sequ[íi]a|d[üu]rre|seca\b", Kind.DROUGHT),
    (r"excessive heat|extreme heat|\bheat|chaleur|canicule|calor|hitze|varme", Kind.HEAT),
    (r"snow|blizzard|winter|freez|frost|\bice\b|icing|cold|wind chill|neige|froid|verglas|schnee"
     r"|glatteis|nieve|\bfr[íi]o\b|neve\b|sn[øo]\b|kulde", Kind.COLD),
    (r"thunder|tornado|storm|wind|gale|hail|\brain|squall|waterspout|dust|surf|lightning|swell|\bwaves?\b"
     r"|orage|temp[êe]te|\bvent\b|pluie|tormenta|viento|lluvia|chuva|vento|pioggia|temporal|gewitter"
     r"|sturm|regen|vind\b|regn", Kind.STORM),
    (r"fire\b|incendi", Kind.WILDFIRE),
    (r"threat|terror", Kind.THREAT),
)  # fmt: skip
EVENTS = tuple((re.compile(pattern, re.IGNORECASE), kind) for pattern, kind in _EVENTS)

# SAME codes (47 CFR 11.31), for an event text that says nothing.
SAME = {
    "TSW": Kind.TSUNAMI, "TSA": Kind.TSUNAMI, "EQW": Kind.EARTHQUAKE, "VOW": Kind.VOLCANO,
    "AVW": Kind.LANDSLIDE, "AVA": Kind.LANDSLIDE, "HUW": Kind.CYCLONE, "HUA": Kind.CYCLONE,
    "TRW": Kind.CYCLONE, "TRA": Kind.CYCLONE, "FFW": Kind.FLOOD, "FFA": Kind.FLOOD,
    "FLW": Kind.FLOOD, "FLA": Kind.FLOOD, "FLS": Kind.FLOOD, "FFS": Kind.FLOOD,
    "CFW": Kind.FLOOD, "CFA": Kind.FLOOD, "FRW": Kind.WILDFIRE, "HMW": Kind.INDUSTRIAL,
    "RHW": Kind.INDUSTRIAL, "NUW": Kind.INDUSTRIAL, "TOR": Kind.STORM, "TOA": Kind.STORM,
    "SVR": Kind.STORM, "SVA": Kind.STORM, "SVS": Kind.STORM, "HWW": Kind.STORM,
    "HWA": Kind.STORM, "DSW": Kind.STORM, "SMW": Kind.STORM, "WSW": Kind.COLD,
    "WSA": Kind.COLD, "BZW": Kind.COLD,
}  # fmt: skip

# The last resort: categories that mean one kind only. Geo, Safety, Security, Rescue, Env, Fire,
# Transport, Infra and Other may mean anything; the text has to tell.
CATEGORIES = {"Met": Kind.STORM, "Health": Kind.OUTBREAK, "CBRNE": Kind.INDUSTRIAL}

# Notices about one person: missing, abducted, wanted. They are no hazard to a site, and Farwatch
# keeps no text about a named person.
_PERSON = re.compile(
    r"child abduction|amber alert|alerte amber|missing (person|child|endangered)|silver alert"
    r"|blue alert|endangered (person|missing)|wanted person|fugitive",
    re.IGNORECASE,
)
_PERSON_CODES = {"CAE", "BLU", "MEP"}


def kind_of(event: str, codes: Sequence[str], categories: Sequence[str]) -> Kind | None:
    """The kind by event text and codes, else SAME code, else category; None: left to the text."""
    if about_person(event, codes):
        return Kind.OTHER
    # a code such as "structure_fire" tells apart what the event calls just "Fire"
    said = " ".join((event, *codes)).replace("_", " ")
    for pattern, kind in EVENTS:
        if pattern.search(said):
            return kind
    coded = next((SAME[code] for code in codes if code in SAME), None)
    return coded or next((CATEGORIES[word] for word in categories if word in CATEGORIES), None)


def about_person(event: str, codes: Sequence[str]) -> bool:
    """Whether the alert is a notice about one person."""
    return bool(_PERSON.search(event)) or not _PERSON_CODES.isdisjoint(codes)
