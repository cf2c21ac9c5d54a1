"""Regions, continents, seas, straits, great rivers and ranges: names that no table carries."""

from __future__ import annotations

from collections.abc import Iterator

from farwatch.world.feature import Entry, Feature, NameKind

# name(s) | lat | lon | country or empty | GeoNames id or 0
_REGIONS = """
Africa;7.2;21.1;;6255146
Asia;29.8;89.3;;6255147
Europe;48.7;9.1;;6255148
North America;46.1;-100.5;;6255149
South America;-14.6;-57.7;;6255150
Oceania;-18.3;138.5;;6255151
Antarctica;-78.2;16.4;;6255152
European Union;50;10;;0
Latin America;4.4;-102.1;;0
Central America;12.7;-86.1;;0
Caribbean;17.4;-72.6;;0
West Indies;17.4;-72.6;;0
Middle East|Mideast|Near East;29.3;42.6;;0
North Africa|Northern Africa|Maghreb;28;9;;0
West Africa|Western Africa;12;-3;;0
East Africa|Eastern Africa;2;37;;0
Central Africa;3;19;;0
Southern Africa;-20;24;;0
Sub-Saharan Africa;2;20;;0
Horn of Africa;8;45;;0
Sahel;15;5;;0
Sahara|Sahara Desert;23.4;9;;0
Lake Chad Basin;13;14;;0
Great Lakes Region;-2;30;;0
Southeast Asia|South East Asia|South-East Asia;5;110;;0
South Asia;22;80;;0
East Asia;35;115;;0
Central Asia;43;66;;0
Western Europe;48;4;;0
Eastern Europe;52;30;;0
Central Europe;49;16;;0
Southern Europe;41;14;;0
Northern Europe;62;15;;0
Balkans|Balkan Peninsula;43;22;;0
Baltics|Baltic States;57;25;;0
Scandinavia;63;15;;0
Caucasus|South Caucasus;42;45;;0
North Caucasus;43;45;RU;0
Iberian Peninsula|Iberia;40;-4;;0
Arabian Peninsula;23;46;;0
Korean Peninsula;38;127;;0
Indochina;16;105;;0
Kurdistan;37;43;;0
Kashmir;34;76;;0
Balochistan Region;28;65;;0
Donbas|Donbass;48;38;UA;0
Crimean Peninsula;45.3;34.4;UA;0
West Bank;32;35.25;PS;0
Gaza|Gaza Strip;31.4;34.35;PS;0
Golan Heights;33;35.8;SY;0
Sinai|Sinai Peninsula;29.5;33.8;EG;0
Niger Delta;4.8;6;NG;0
Transnistria;47.2;29.2;MD;0
Nagorno-Karabakh;39.8;46.7;AZ;0
Abkhazia;43;41;GE;0
South Ossetia;42.3;44;GE;0
Somaliland;9.8;45;SO;0
Puntland;8.5;49;SO;0
Darfur;13;24;SD;0
Siberia;60;100;RU;0
Patagonia;-44;-69;;0
Amazon Basin|Amazon Rainforest;-3.5;-62;;0
New England;44;-71;US;0
Midwest;41.5;-93;US;0
Gulf Coast;29;-91;US;0
Silicon Valley;37.4;-122;US;0
Pacific Northwest;46;-121;US;0
Great Plains;41;-100;US;0
Great Lakes;45;-84;;0
Appalachia;38;-81;US;0
Great Britain Island;54;-2;GB;0
Atlantic Ocean|Atlantic;10;-25;;3411923
Pacific Ocean|Pacific;-2.9;-117.7;;2363254
Indian Ocean;-13.7;87.6;;1545739
Arctic Ocean|Arctic;90;0;;0
Southern Ocean;-60;90;;0
Mediterranean Sea|Mediterranean;35;20;;0
Black Sea;43;34;;0
Caspian Sea;42;51;;0
Red Sea;20;38.5;;0
Arabian Sea;15;65;;0
Persian Gulf|Arabian Gulf;26.6;52;;0
Gulf of Oman;24.7;58.5;;0
Gulf of Aden;12;48;;0
Strait of Hormuz;26.6;56.5;;0
Bab-el-Mandeb|Bab el-Mandeb|Bab al-Mandab;12.6;43.3;;0
Suez Canal;30.6;32.3;EG;0
Panama Canal;9.1;-79.7;PA;0
Bay of Bengal;15;88;;0
Gulf of Guinea;2;3;;0
South China Sea;14;115;;0
East China Sea;28;125;;0
Yellow Sea;36;123;;0
Sea of Japan;40;135;;0
Sea of Okhotsk;55;150;;0
Coral Sea;-18;155;;0
Tasman Sea;-40;160;;0
Bering Sea;58;-178;;0
Gulf of Mexico;25;-90;;0
Gulf of Thailand;10;102;;0
Gulf of California;28;-112;;0
Caribbean Sea;15;-75;;0
North Sea;56;3;;0
Baltic Sea;58;20;;0
Adriatic Sea|Adriatic;43;15;;0
Aegean Sea|Aegean;38.5;25;;0
Ionian Sea;38;19;;0
Tyrrhenian Sea;40;12;;0
English Channel;50;-2;;0
Irish Sea;53.5;-5;;0
Celtic Sea;50;-8;;0
Bay of Biscay;45;-4;;0
Barents Sea;75;37;;0
Malacca Strait|Strait of Malacca;4;100;;0
Taiwan Strait;24.5;119.5;;0
Bosphorus|Bosporus;41.1;29.1;TR;0
Strait of Gibraltar;36;-5.6;;0
Sea of Azov;46;37;;0
Sulu Sea;8;120;;0
Celebes Sea;3;122;;0
Java Sea;-5;110;;0
Andaman Sea;10;96;;0
Mozambique Channel;-18;41;;0
Nile|Nile River|River Nile;24;33;;0
Amazon River;-2.5;-55;;0
Congo River;-2;17;;0
Niger River|River Niger;12;0;;0
Mekong|Mekong River;15;105;;0
Danube|Danube River;45;20;;0
Rhine;50.5;7.5;;0
Euphrates|Euphrates River;34;42;;0
Tigris|Tigris River;34.5;44;;0
Indus River;29;71;;0
Ganges|Ganges River;25;83;;0
Yangtze|Yangtze River;30;112;;0
Mississippi River;35;-90;US;0
Missouri River;43;-98;US;0
Ohio River;38;-86;US;0
Colorado River;36;-112;US;0
Potomac River|Potomac;39;-77.4;US;0
Hudson River;42;-73.9;US;0
Rio Grande;29;-102;;0
Lake Victoria;-1;33;;0
Lake Tanganyika;-6.2;29.6;;0
Lake Malawi;-12;34.5;;0
Lake Chad;13;14;;0
Lake Michigan;44;-87;US;0
Lake Superior;47.7;-87.5;;0
Lake Erie;42.2;-81.2;;0
Lake Ontario;43.6;-77.8;;0
Lake Huron;44.8;-82.4;;0
Himalayas|Himalaya;28;84;;0
Hindu Kush;35.5;71;;0
Andes;-20;-67;;0
Alps;46.5;9.5;;0
Pyrenees;42.6;0.8;;0
Rocky Mountains|Rockies;43;-110;;0
Appalachian Mountains;38;-80;US;0
Urals|Ural Mountains;60;59;RU;0
"""


def regions() -> Iterator[Entry]:
    """Continents, parts of continents, seas, straits, great rivers and ranges: a point inside."""
    for line in _REGIONS.strip().splitlines():
        names, lat, lon, country, geonameid = line.split(";")
        name, *others = names.split("|")
        yield Entry(
            name=name,
            lat=float(lat),
            lon=float(lon),
            feature=Feature.REGION,
            geonameid=int(geonameid),
            country=country,
            fcode="L.RGN",
            names=tuple((other, NameKind.ALTERNATE) for other in others),
        )
