"""Words around a name that speak for or against its being a place. English, folded."""

from __future__ import annotations

# The word before: strongly and mildly spatial.
INSIDE = frozenset(
    "in near outside inside around throughout within toward towards across into downtown outside "
    "northeast northwest southeast southwest uptown metro metropolitan suburban neighboring "
    "neighbouring nearby rural via".split()
)
LEADING = frozenset("at from to of between off via and over on through reach reached".split())
COMPASS = frozenset(
    "north south east west northern southern eastern western central upper lower greater inner "
    "northeastern northwestern southeastern southwestern mid downtown northeast northwest "
    "southeast southwest".split()
)
TOWN_OF = frozenset(
    "city town village municipality borough township suburb hamlet province state county district "
    "region governorate department prefecture island capital port parish republic kingdom emirate "
    "commune settlement community".split()
)

# "City of Richmond" names Richmond.
UNIT_OF = frozenset(
    "city town village borough municipality county township province region".split()
)

# The word after. A designator belongs to the unit's name and says what unit it is.
DESIGNATORS_1 = frozenset(
    "province state region governorate oblast prefecture department canton krai voivodeship "
    "emirate territory republic".split()
)
DESIGNATORS_2 = frozenset("county district parish municipality raion".split())
STREETS = frozenset(
    "street st road rd avenue ave boulevard blvd drive dr lane ln way highway parkway pkwy pike "
    "terrace plaza court square bridge tower building hotel mall dam creek trail".split()
)
# A place's own institutions: the place is still meant.
INSTITUTIONS = frozenset(
    "police department fire community state public district high board school schools mayor sheriff "
    "sheriffs court foreign army national house health volunteer electric council hospital jail town "
    "international area adult water regional supreme senate university college county city "
    "governor president prime parliament government ministry minister embassy airport port "
    "general central municipal chamber elementary middle primary secondary attorney superior "
    "circuit downtown village township fairgrounds library courthouse medical detention "
    "development economic industrial power election electoral food environmental province "
    "provincial region monday tuesday wednesday thursday friday saturday sunday and metropolitan "
    "civic legislature assembly congress republican democratic police-station station civil defense "
    "defence military navy air border security human rights citizens residents independent unified "
    "consolidated catholic christian baptist memorial".split()
)
# A name of something else: a newspaper, a team, a firm, a product.
NOT_PLACES = frozenset(
    "globe post times herald tribune journal gazette news chronicle observer courier sun star mirror "
    "telegraph mail dispatch examiner enquirer press inc corp corporation co ltd llc plc gmbh company "
    "bears bulls cubs giants jets yankees lakers rangers eagles cowboys patriots steelers packers "
    "vikings colts saints tigers lions pirates reds braves mets dodgers raiders ravens broncos bills "
    "dolphins panthers falcons hawks celtics knicks nets heat magic spurs rockets suns jazz kings "
    "bruins flyers penguins sharks wild blues stars united fc rovers wanderers athletic hotspur "
    "albion villa records pictures motors airlines airways investors securities bancorp "
    "virus fever flu disease syndrome daily presse weekly review magazine air".split()
)
SPEECH = frozenset(
    "said says told added asked replied explained argued testified thinks believes wrote noted "
    "recalled insisted joked admitted pleaded graduated scored married".split()
)
TITLES = frozenset(
    "mr mrs ms miss dr prof professor sir dame lord lady sen senator rep representative gov governor "
    "president vice mayor judge justice sheriff capt captain col colonel gen general lt lieutenant "
    "sgt sergeant maj major cpl pvt officer detective chief coach rev reverend father pastor bishop "
    "pope king queen prince princess saint sister brother secretary minister chancellor ambassador "
    "councilman councilwoman councillor commissioner superintendent principal director chairman "
    "chairwoman attorney deputy constable trooper inspector sheikh imam ayatollah congressman "
    "congresswoman spokesman spokeswoman spokesperson manager executive editor author actor actress "
    "singer candidate".split()
)
AILMENTS = frozenset("virus fever flu influenza disease syndrome strain".split())
OFFICES = frozenset("department ministry bureau minister secretary institute office board".split())
PARTIES = frozenset("r d i dfl ind lib con lab ndp".split())  # "Doe, R-Plymouth"
PEOPLE = frozenset(
    "man woman boy girl teen teenager couple family families parents students student pupils senior "
    "seniors firefighters driver drivers motorist voters voter residents resident native natives "
    "mother father officials official police mayor councillors area city neighborhood suburb home "
    "apartment hospital school church street shop store attorney lawyer businessman".split()
)
PAPERS = frozenset(
    "globe post times herald tribune journal gazette news chronicle observer courier telegraph mail "
    "dispatch examiner enquirer advocate sentinel bulletin daily weekly review magazine".split()
)
# Words that no place is meant by although a table lists places so named, where they stand alone.
NEVER = frozenset(
    "the a an i he she it we you they who what when where why how this that these those there here "
    "and or but if in on at to of for from by with as is are was were be been do does did has have "
    "had not no yes so all any some many most more both few his her its our your their my me him us "
    "them one two three four five six seven eight nine ten monday tuesday wednesday thursday friday "
    "saturday sunday january february march april may june july august september october november "
    "december jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun mr mrs ms "
    "dr sir god lord christmas easter ramadan new old great san santa los las el la le les de del der "
    "die das saint mount fort point north south east west northern southern eastern western central "
    "police army church school university college hospital city town village county state country "
    "district province region street road avenue park lake river island islands bay beach "
    "valley hill hills mountain center centre union republic democrat democratic republican "
    "christian catholic muslim islamic jewish islam gulf senate congress parliament court house "
    "office department ministry president minister general secretary "
    "reuters internet web facebook twitter google english "
    "spring summer autumn winter today yesterday tomorrow am pm est gmt utc "
    "however meanwhile according although because since after before while during under over also "
    "then than just even still well back only other another such same each every between among "
    "can could will would should may might must let get got go going say says said see see make "
    "like think take come want look use find give tell work call try ask need feel become leave put".split()
) | {
    "white house", "santa claus", "st patrick", "saint patrick", "red cross", "associated press", "capitol hill", "west coast", "east coast",
    "north west", "north east", "south west", "south east", "united nations", "supreme court",
}  # fmt: skip
