## Joka sivun ympärillä
skip = Siirry sisältöön
nav = Sivut
nav-tonight = Tänä yönä
nav-services = Kuka auttaa
nav-offers = Meidän paikat
nav-people = Ihmiset
menu-account = Tili: { $name }
foot-kept = Mitä täällä kysytään, ei säily missään.
foot-languages = Kielet

## Sisään
login-title = Kirjaudu
login-name = Nimesi täällä
login-passphrase = Salalause
login-proof = Toisen tunnisteen kuusi numeroa
login-proof-help = Todennussovelluksesta. Jos puhelin on kadonnut, kirjoita yksi palautuskoodeistasi.
login-go = Kirjaudu
login-first = Minulla on kertakoodi
login-wrong = Ei täsmännyt. Tarkista nimi, salalause ja numerot; samat numerot kelpaavat kerran.
login-wait = { $minutes ->
    [one] Liian monta yritystä tällä nimellä. Seuraava katsotaan minuutin päästä. Palautuskoodi avaa silti.
   *[other] Liian monta yritystä tällä nimellä. Seuraava katsotaan { $minutes } minuutin päästä. Palautuskoodi avaa silti.
}
login-needed = Kirjaudu ensin.
login-over = Istuntosi on päättynyt: se kestää enintään kaksitoista tuntia. Kirjaudu uudelleen. Se, mitä kirjoitit, on tallessa.
login-pause = Olit poissa yli puoli tuntia. Ennen kuin mitään muutetaan, osoita että se olet sinä. Mitä olit kirjoittamassa, on tallella.
login-recovered = Kirjauduit palautuskoodilla. Se ei kelpaa enää; koodeja jäljellä: { $left }. Aseta uusi toinen tunniste omalla tililläsi.
logout = Kirjaudu ulos
goodbye-title = Olet kirjautunut ulos
goodbye-text = Mitään kysymästäsi ei säily. Valitse Tor Browserissa ”New Identity”; sulje muussa selaimessa ikkuna.
goodbye-in = Kirjaudu uudelleen

## Ensimmäinen kerta
welcome-title = Tervetuloa
welcome-step = Vaihe { $step }/4
welcome-code = Kertakoodisi
welcome-code-help = Ylläpitäjä on antanut sen: kolme neljän merkin ryhmää. Se kelpaa kerran.
welcome-go = Jatka
welcome-code-wrong = Koodia ei tunneta, se on käytetty tai vanhentunut. Pyydä ylläpitäjältä uusi.
welcome-over = Tähän meni yli puoli tuntia, tai se aloitettiin muualla. Aloita alusta: koodisi kelpaa yhä, jos kukaan ei ole käyttänyt sitä.
welcome-passphrase-title = Aseta salalause
welcome-passphrase-about = Neljä sanaa tai enemmän, joita kukaan ei arvaa. Kirjoita ne vain paikkaan, johon kukaan ei katso.
welcome-passphrase = Uusi salalause
welcome-passphrase-again = Sama uudelleen
welcome-passphrase-short = Merkkejä on { $actual }. Tarvitaan 12 tai enemmän: neljä sanaa on helpompi muistaa kuin merkit.
welcome-passphrase-weak = Ohjelma kokeilisi tätä ensimmäisten joukossa. Ota neljä sanaa, joilla ei ole mitään yhteistä.
welcome-passphrase-name = Tämä on enimmäkseen nimesi. Ota neljä sanaa, joilla ei ole mitään yhteistä.
welcome-passphrase-differ = Nämä kaksi eivät ole samat.
welcome-factor-title = Toinen tunniste
welcome-factor-about = Lue tämä kuva todennussovelluksella tai kirjoita salaisuus siihen. Kirjoita sitten kuusi numeroa, jotka se näyttää.
welcome-factor-picture = Salaisuus QR-koodina
welcome-factor-secret = Salaisuus tekstinä
welcome-factor-digits = Kuusi numeroa
welcome-factor-wrong = Nämä eivät ole tämän hetken numerot. Katso puhelimen kelloa: sen on oltava oikeassa puolen minuutin tarkkuudella.
welcome-codes-title = Palautuskoodit
welcome-codes-about = Kirjoita nämä paperille. Kukin avaa kerran sinä päivänä, jona puhelinta ei ole.
welcome-codes-back = Kirjoita koodi numero { $number }
welcome-codes-why = Jottei kukaan huomaa liian myöhään, ettei niitä kirjoitettu muistiin.
welcome-codes-wrong = Tämä ei ole koodi numero { $number }.
welcome-done = Olet sisällä. Tästä lähtien tarvitset nimen, salalauseen ja kuusi numeroa.

## Tänä yönä
tonight-title = Yösija täksi yöksi
tonight-ask = Kuka tarvitsee yösijan?
tonight-near = Minkä kaupungin lähellä
tonight-near-help = Millä kirjaimilla tahansa. Jätä tyhjäksi nähdäksesi kaikki.
tonight-near-unknown = Tämännimistä paikkaa ei tunneta. Ota lähellä oleva suurempi kaupunki.
tonight-near-which = Mitä näistä tarkoitat?
tonight-near-other = En mitään näistä; kirjoitan uudelleen
tonight-adults = Aikuisia
tonight-children = Lapsia
tonight-children-help = Montako kunkin ikäistä
tonight-age = { $band } vuotta
tonight-with = Mukana
tonight-dog = koira
tonight-cat = kissa
tonight-small = pieni eläin häkissä
tonight-assistance = avustajakoira
tonight-steps = tarvitsee esteettömän paikan
tonight-women = vain paikkaan, jossa on vain naisia
tonight-languages = Kielet, joita he puhuvat
tonight-from = Ensimmäinen yö
tonight-from-tonight = tänä yönä
tonight-from-tomorrow = huomenna
tonight-from-date = muu päivä
tonight-date = Päivä
tonight-date-wrong = Tämä ei ole yö tästä illasta eteenpäin. Kirjoita näin: 2026-12-24 tai 24.12.
tonight-nights = Öitä
tonight-within = Enintään kilometrejä
tonight-go = Etsi yösija
tonight-nothing-more = Älä kysy mitään tarpeetonta. Mitään tästä ei tallenneta eikä lähetetä.
tonight-change = Muuta hakua
tonight-asked-near = lähellä: { $town }, enintään { $km } km
tonight-asked-anywhere = missä tahansa
tonight-asked-nights = { $nights ->
    [one] { $night }, 1 yö
   *[other] { $night }, { $nights } yötä
}
tonight-asked-people = { $adults ->
    [0] ei aikuista
    [one] 1 aikuinen
   *[other] { $adults } aikuista
}
tonight-asked-children = { $children ->
    [one] 1 lapsi ({ $ages })
   *[other] { $children } lasta ({ $ages })
}
tonight-group-own = Voi luvata heti
tonight-group-ask = Kysy päivystäjältä
tonight-group-later = Huomenna
tonight-group-close = Melkein, mutta ei
tonight-own = meidän, vastaus heti
tonight-others = kysy: { $center }
tonight-later = vapaa alkaen { $night }
tonight-none = Mikään ei sovi täksi yöksi.
tonight-none-next = Pyydä vähempää, katso kauempaa tai soita keskuksille, joiden paikat melkein sopivat. Toisen keskuksen päivystäjä voi tietää paikan, jota ei ole missään luettelossa.
tonight-none-way = { $count ->
    [one] Ilman ehtoa ”{ $what }” löytyy 1.
   *[other] Ilman ehtoa ”{ $what }” löytyy { $count }.
}
tonight-none-wider = { $count ->
    [one] { $km } km:n sisällä on 1.
   *[other] { $km } km:n sisällä on { $count }.
}
tonight-none-late = { $count ->
    [one] Täksi yöksi sopii 1 paikka, mutta sen omien sääntöjen mukaan on liian myöhä kysyä. Jos mikään muu ei auta, soita silti sen keskukseen.
   *[other] Täksi yöksi sopii { $count } paikkaa, mutta niiden omien sääntöjen mukaan on liian myöhä kysyä. Jos mikään muu ei auta, soita silti niiden keskuksiin.
}
tonight-none-later = { $count ->
    [one] { $night } alkaen sopii 1 paikka.
   *[other] { $night } alkaen sopii { $count } paikkaa.
}
tonight-more = Niitä on lisää. Kysy tarkemmin nähdäksesi loput.
tonight-free-title = Vapaana tänä yönä
tonight-free-none = Täksi yöksi ei ole merkitty vapaata paikkaa. Kysy alla: näytetään myös, mikä vapautuu myöhemmin tai melkein sopii.
tonight-alone-title = Seis: lapsi yksin
tonight-alone = Emme koskaan majoita lasta ilman aikuista, emme yhdeksikään yöksi. Soita heti lastensuojeluun. Ole lapsen kanssa, kunnes he tulevat.
tonight-alone-number = Euroopan unionissa: 116 111. Jos on vaara: 112.
tonight-alone-services = Etsi lastensuojelu läheltä
tonight-alone-mistake = Heillä on aikuinen mukana: muuta hakua
tonight-bad = Näin ei voi kysyä: { $message }

## Paikat
offer-free = { $places ->
    [one] 1 vapaa
   *[other] { $places } vapaata
}
offer-sleeps = { $sleeps } vuodetta
offer-language = { $language } ({ $level })
offer-until = saavu viimeistään { $time }
offer-any-hour = saavu mihin aikaan tahansa
offer-notice = kysy { $notice } ennen
offer-women = vain naisia
offer-step-free = esteetön
offer-cot = lastensänky
offer-pet = { $pet } sopii
offer-animals = siellä asuu: { $animals }
offer-in = { $town }
offer-near = lähellä: { $town }, { $band } minuuttia
offer-km = { $km } km
offer-confirmed = vahvistettu { $ago }, { $center }
offer-confirmed-us = vahvistimme { $ago }
offer-never = ei koskaan vahvistettu
offer-stale = ei vahvistettu kahteen viikkoon
offer-introduced = tunnemme kautta: { $center }
why-near = Liian kaukana.
why-night = Ei vapaa kaikkina näinä öinä, tai olisi pitänyt kysyä aiemmin.
why-adults = Ei tarpeeksi paikkoja kaikille.
why-children = Ei tämänikäisille lapsille.
why-party = Ei tälle seurueelle.
why-pets = Ei tämän eläimen kanssa.
why-step-free = Siellä on portaita.
why-women-only = Ei vain naisille.
why-languages = Isäntä puhuu muuta kieltä.
why-stale = Kukaan ei ole vahvistanut pitkään aikaan. Kysy ennen kuin luotat siihen.
why-other = Ei sovi: { $what }.
what-near = lähellä
what-night = näinä öinä
what-adults = paikat kaikille
what-children = lapset
what-party = tämä seurue
what-pets = eläin
what-step-free = esteetön
what-women-only = vain naisia
what-languages = nämä kielet
what-stale = äskettäin vahvistettu

## Aika
ago-now = juuri nyt
ago-minutes = { $n ->
    [one] minuutti sitten
   *[other] { $n } minuuttia sitten
}
ago-hours = { $n ->
    [one] tunti sitten
   *[other] { $n } tuntia sitten
}
ago-days = { $n ->
    [one] eilen
   *[other] { $n } päivää sitten
}
date-full = { $day }. { $month ->
    [1] tammikuuta
    [2] helmikuuta
    [3] maaliskuuta
    [4] huhtikuuta
    [5] toukokuuta
    [6] kesäkuuta
    [7] heinäkuuta
    [8] elokuuta
    [9] syyskuuta
    [10] lokakuuta
    [11] marraskuuta
   *[12] joulukuuta
} { $year }

## Tietueet
record-of = { $kind }: { $center }
record-ours = meidän
record-erased = { $center } on poistanut tämän.
record-left-out = Osa tämän tietueen muutoksista ei sovi eikä näy.
record-yes = kyllä
record-no = ei
record-print = Tulosta selaimesta: vain tietue tulostuu.
record-none = Tällaista tietuetta ei ole. Se on poistettu, tai osoite ei ole kokonainen.

## Kuka auttaa
services-title = Kuka auttaa
services-words = Mitä tai ketä etsit
services-words-help = Nimi, sana, ammatti, millä kirjaimilla tahansa.
services-near = Minkä kaupungin lähellä
services-profession = Ammatti
services-any = mikä tahansa
services-go = Etsi
services-found = { $count ->
    [0] Kukaan ei sovi.
    [one] 1 sopii
   *[other] { $count } sopii
}
services-none-next = Jätä jotain pois tai etsi ilman kaupunkia: moni auttaa puhelimitse mistä tahansa.
services-call = Soita { $number }
services-checked = tarkistettu { $ago }, { $center }
services-unchecked = ei koskaan tarkistettu
services-more = Niitä on lisää. Kysy tarkemmin nähdäksesi loput.

## Meidän paikat
offers-title = Meidän paikat
offers-confirm = Isäntä sanoi tänään kyllä
offers-confirmed = Merkitty: isäntä sanoi tänään kyllä.
offers-more = Nämä ovat ensimmäiset { $count }.

## Tili
account-title = Tilisi
account-who = { $name }, { $role }
account-language = Kieli
account-sessions = Missä olet kirjautuneena
account-session-this = tässä, nyt
account-session = alkoi { $since }, nähty { $seen }
account-session-end = Lopeta tämä
account-session-ended = Se istunto on päättynyt.
account-factor-about = Uutta puhelinta varten, tai kun vanha on kadonnut. Vanha toinen tunniste ja sen palautuskoodit eivät enää kelpaa.
account-factor-new = Aseta uusi toinen tunniste
account-factor-done = Toinen tunniste on vaihdettu. Muut istuntosi on päätetty.
account-passphrase = Toinen salalause
account-passphrase-present = Nykyinen salalause
account-passphrase-set = Aseta
account-passphrase-wrong = Nykyinen salalause ei täsmännyt.
account-passphrase-done = Salalauseesi on nyt toinen. Kaikki muut istunnot ovat päättyneet.
account-recovery = { $left ->
    [0] Palautuskoodeja ei ole jäljellä. Pyydä ylläpitäjältä nollaus, ennen kuin kadotat puhelimen.
    [one] Palautuskoodeja on jäljellä 1.
   *[other] Palautuskoodeja on jäljellä { $left }.
}

## Ihmiset
people-title = Ihmiset
people-add = Lisää ihminen
people-name = Nimi
people-name-help = Nimi, jolla hänet tunnetaan täällä. Sen ei tarvitse olla oikea.
people-role = Rooli
people-add-go = Lisää
people-code-title = Kertakoodi: { $name }
people-code = Anna se ({ $name }) ääneen tai paperilla, näiden sivujen osoitteen ja ”/welcome”-polun kanssa. Se kelpaa kerran, { $until } asti. Se näkyy vain tässä ja nyt.
people-invited = ei ole vielä kirjautunut
people-ready = valmis
people-last = viimeksi täällä { $ago }
people-never = ei vielä täällä
people-reset = Poista salalause ja toinen tunniste ja anna uusi koodi
people-change-role = Vaihda rooli
people-remove = Poista { $name } nyt
people-exists = Tämänniminen on jo täällä.

## Mikä meni vikaan
fault-title-role = Tämä ei kuulu roolillesi
fault-role = Roolisi täällä on { $role }. Pyydä jotakuta, jolla on korkeampi rooli, tai ylläpitäjää muuttamaan omasi.
fault-title-missing = Tällaista sivua ei ole
fault-missing = Osoite ei ole kokonainen, tai mitä täällä oli, on poissa.
fault-title-foreign = Lomaketta ei otettu vastaan
fault-foreign = Se lähetettiin jo toisin sanoin, on liian vanha tai tulee toiselta sivulta. Mitään ei muutettu. Palaa, lataa sivu uudelleen ja lähetä kerran.
fault-title-large = Tämä on liikaa
fault-large = Lomake on suurempi kuin saa olla. Mitään ei muutettu.
fault-title-slow = Tämä kesti liian kauan
fault-slow = Lomake ei tullut ajoissa. Mitään ei muutettu. Yritä uudelleen, missä yhteys on parempi.
fault-title-failed = Solmu ei voinut tehdä sitä
fault-failed = Mitään ei muutettu. Yritä uudelleen; jos se ei auta, kerro ylläpitäjälle mitä tässä lukee.
fault-title-restored = Solmu odottaa toista keskusta
fault-restored = Se palautettiin varmuuskopiosta eikä ole ollut sen jälkeen tasalla: sillä välin poistettua voisi näkyä. Pyydä ylläpitäjää katsomaan ”hospes status”.
fault-title-refused = Tätä ei tehty
fault-home = Ensimmäiselle sivulle
sealed-title = Solmu on sinetöity
sealed-text = Täällä ei voi lukea mitään, ennen kuin ylläpitäjä avaa sen, eikä kukaan muukaan voi. Soita ylläpitäjälle. Siihen asti käytä paperia tai kysy toiselta keskukselta puhelimitse.
sealed-admin = Ylläpitäjälle: suorita solmun koneella
empty-title = Täällä ei ole keskusta
empty-text = Sitä ei ole vielä luotu, tai se on tyhjennetty. Kysy ylläpitäjältä.

## Aukioloajat
hours-open = Nyt auki.
hours-open-until = Nyt auki, { $time } asti.
hours-closed = Nyt suljettu.
hours-opens-today = Nyt suljettu. Aukeaa tänään klo { $time }.
hours-opens-tomorrow = Nyt suljettu. Aukeaa huomenna klo { $time }.
hours-opens-on = Nyt suljettu. Aukeaa { $day } klo { $time }.
