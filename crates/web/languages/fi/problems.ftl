# Mikä kentässä on vialla. Jokainen sanotaan kentän kohdalla.

problem-missing = Tämä tarvitaan.
problem-unknown = Tämä versio ei tunne tällaista kenttää.
problem-forbidden = Tätä ei saa koskaan olla jaetussa tietueessa.
problem-long = Tässä on { $actual } merkkiä; enintään { $max } sallitaan.
problem-large = Tämä on suurempi kuin { $max } tavua.
problem-many = Näitä on { $actual }; enintään { $max } sallitaan.
problem-range = Luvun on oltava { $min }–{ $max }.
problem-choice = ”{ $found }” ei ole vaihtoehtojen joukossa.
problem-not-a = ”{ $found }” ei ole luettavissa. Kirjoita näin: { $example }.
problem-form = Kirjoita näin: ”{ $expected }”.
problem-hidden = Merkin { $at } kohdalla on piilomerkki. Kirjoita teksti uudelleen, älä kopioi.
problem-unreadable = Tätä ei voi lukea merkistä { $at } eteenpäin.
problem-shape = Jokin on vialla. Lataa sivu uudelleen ja täytä se vielä kerran.
problem-lint = Kaikki piirin keskukset voivat lukea tämän. Tämä näyttää tältä: { $what }: ”{ $excerpt }”. Jätä se pois.

lint-phone = puhelinnumero
lint-email = sähköpostiosoite
lint-street = katuosoite
lint-handle = nimi viestisovelluksessa
lint-coordinates = paikka kartalla
lint-passport = henkilöasiakirjan numero
lint-name = henkilön nimi

rule-zone = Kerro kaupunki: muuten ei tiedetä, minkä ajan mukaan ”{ $of }” on.
rule-country = { $region } ei ole tässä maassa: { $country }.
rule-above = Tässä on { $actual }, enemmän kuin ”{ $other }”, joka on { $limit }.
rule-pause = Kerro mihin asti.
rule-price = Tämä tarvitaan, koska valittu on ”{ $cost }”.
rule-note-language = Kerro, millä kielellä huomautus on.
rule-address = Osoite on vain siellä, missä tavataan paikan päällä.
rule-after = Tämän on oltava myöhemmin kuin ”{ $other }”.
rule-life = Voimassa enintään { $days } päivää lähettämisestä.
rule-reference = Kerro, mitä tiedotteita tämä muuttaa tai päättää.
rule-source-page = Anna virallisen sivun osoite.
rule-twice = Samannimisiä on kaksi.
rule-choices = Kerro vastausvaihtoehdot.
rule-nothing-to-approve = Ei ole tekstiä, jonka voisi hyväksyä.
rule-unused = Näitä täyttökohtia ei käytetä: { $keys }.
rule-undeclared = Näitä täyttökohtia käytetään, mutta niitä ei ole määritelty: { $keys }.
rule-not-fillable = ”{ $found }” ei ole täyttökohta.
rule-future = Tämä päivä on vasta tulossa; tänään on { $today }.
rule-small-town = { $name }: alle { $smallest } asukasta, siellä isäntä löydettäisiin. Ota lähellä oleva suurempi kaupunki.
rule-no-town = Tällaista kaupunkia ei tunneta täällä.
