"""Words around a name that speak for or against its being a place. English, folded."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    """The words of a text; `_` stands for a space within one."""
    return frozenset(word.replace("_", " ") for word in text.split())


# The word before: strongly and mildly spatial.
INSIDE = _words(
    """
    across around downtown in inside into metro metropolitan near nearby neighboring neighbouring
    northeast northwest outside rural southeast southwest suburban throughout toward towards
    uptown via within
    """
)

LEADING = _words("and at between from of off on over reach reached through to via")

COMPASS = _words(
    """
    central downtown east eastern greater inner lower mid north northeast northeastern northern
    northwest northwestern south southeast southeastern southern southwest southwestern upper west
    western
    """
)

# "the city of": what follows is a place.
TOWN_OF = _words(
    """
    borough capital city commune community county department district emirate governorate hamlet
    island kingdom municipality parish port prefecture province region republic settlement state
    suburb town township village
    """
)

# "City of Richmond" names Richmond.
UNIT_OF = _words("borough city county municipality province region town township village")

# The word after. A designator says what unit it is.
DESIGNATORS_1 = _words(
    """
    canton department emirate governorate krai oblast prefecture province region republic state
    territory voivodeship
    """
)

DESIGNATORS_2 = _words("county district municipality parish raion")

# A street, a building: not the place.
STREETS = _words(
    """
    ave avenue blvd boulevard bridge building court creek dam dr drive highway hotel lane ln mall
    parkway pike pkwy plaza rd road square st street terrace tower trail way
    """
)

# A place's own institutions: the place is still meant.
INSTITUTIONS = _words(
    """
    adult air airport and area army assembly attorney baptist board border catholic central
    chamber christian circuit citizens city civic civil college community congress consolidated
    council county court courthouse defence defense democratic department detention development
    district downtown economic election electoral electric elementary embassy environmental
    fairgrounds fire food foreign friday general government governor health high hospital house
    human independent industrial international jail legislature library mayor medical memorial
    metropolitan middle military minister ministry monday municipal national navy parliament
    police police-station port power president primary prime province provincial public region
    regional republican residents rights saturday school schools secondary security senate sheriff
    sheriffs state station sunday superior supreme thursday town township tuesday unified
    university village volunteer water wednesday
    """
)

# A newspaper, a team, a firm: a name of something else.
NOT_PLACES = _words(
    """
    air airlines airways albion athletic bancorp bears bills blues braves broncos bruins bulls
    celtics chronicle co colts company corp corporation courier cowboys cubs daily disease
    dispatch dodgers dolphins eagles enquirer examiner falcons fc fever flu flyers gazette giants
    globe gmbh hawks heat herald hotspur inc investors jazz jets journal kings knicks lakers lions
    llc ltd magazine magic mail mets mirror motors nets news observer packers panthers patriots
    penguins pictures pirates plc post press presse raiders rangers ravens records reds review
    rockets rovers saints securities sharks spurs star stars steelers sun suns syndrome telegraph
    tigers times tribune united vikings villa virus wanderers weekly wild yankees
    """
)

# A person speaks.
SPEECH = _words(
    """
    added admitted argued asked believes explained graduated insisted joked married noted pleaded
    recalled replied said says scored testified thinks told wrote
    """
)

# A person follows.
TITLES = _words(
    """
    st
    actor actress ambassador attorney author ayatollah bishop brother candidate capt captain
    chairman chairwoman chancellor chief coach col colonel commissioner congressman congresswoman
    constable councillor councilman councilwoman cpl dame deputy detective director dr editor
    executive father gen general gov governor imam inspector judge justice king lady lieutenant
    lord lt maj major manager mayor minister miss mr mrs ms officer pastor pope president prince
    princess principal prof professor pvt queen rep representative rev reverend saint secretary
    sen senator sergeant sgt sheikh sheriff singer sir sister spokesman spokesperson spokeswoman
    superintendent trooper vice
    """
)

# "Ebola virus", "Reston strain".
AILMENTS = _words("disease fever flu influenza strain syndrome virus")

# "Ministry of Labor".
OFFICES = _words("bank board bureau department institute minister ministry office secretary")

# "Doe, R-Plymouth".
PARTIES = _words("con d dfl i ind lab lib ndp r")

# "a Longview woman", "Alexandria parents".
PEOPLE = _words(
    """
    apartment area attorney boy businessman church city councillors couple driver drivers families
    family father firefighters girl home hospital lawyer man mayor mother motorist native natives
    neighborhood official officials parents police pupils resident residents school senior seniors
    shop store street student students suburb teen teenager voter voters woman
    """
)

# Newspapers, also further on: "Lansing State Journal".
PAPERS = _words(
    """
    advocate bulletin chronicle courier daily dispatch enquirer examiner gazette globe herald
    journal magazine mail news observer post review sentinel telegraph times tribune weekly
    """
)

# No place is meant by these alone, although tables list places so named.
NEVER = _words(
    """
    a according after all also although am among an and another any apr april are army as ask
    associated_press at aug august autumn avenue back bay be beach because become been before
    between both but by call can capitol_hill catholic center central centre christian christmas
    church city college come congress could country county court das de dec december del democrat
    democratic department der did die district do does dr during each east east_coast easter
    eastern eight el english est even every facebook feb february feel few find five for fort four
    fri friday from general get give gmt go god going google got great gulf had has have he her
    here hill hills him his hospital house how however i if in internet is islam islamic island
    islands it its jan january jewish jul july jun june just la lake las le leave les let like
    look lord los make many mar march may me meanwhile might minister ministry mon monday more
    most mount mountain mr mrs ms muslim must my need new nine no north north_east north_west
    northern not nov november oct october of office old on one only or other our over park
    parliament pm point police president province put ramadan red_cross region republic republican
    reuters river road said saint saint_patrick same san santa santa_claus sat saturday say says
    school secretary see senate sep sept september seven she should since sir six so some south
    south_east south_west southern spring st_patrick state still street such summer sun sunday
    supreme_court take tell ten than that the their them then there these they think this those
    three thu thursday to today tomorrow town try tue tuesday twitter two under union
    united_nations university us use utc valley village want was we web wed wednesday well were
    west west_coast western what when where while white_house who why will winter with work would
    yes yesterday you your
    """
)
