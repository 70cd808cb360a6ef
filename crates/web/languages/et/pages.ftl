## Iga lehe ümber
skip = Lehe sisu juurde
nav = Lehed
nav-tonight = Täna öösel
nav-services = Kes aitab
nav-offers = Meie kohad
nav-people = Inimesed
menu-account = Konto: { $name }
foot-kept = Siin küsitut ei hoita kusagil.
foot-languages = Keeled

## Sisse
login-title = Tule sisse
login-name = Sinu nimi siin
login-passphrase = Paroolilause
login-proof = Teise teguri kuus numbrit
login-proof-help = Autentimisrakendusest. Kui telefon on kadunud, kirjuta üks oma taastekoodidest.
login-go = Tule sisse
login-first = Mul on ühekordne kood
login-wrong = See ei sobinud. Kontrolli nime, paroolilauset ja numbreid; samad numbrid kehtivad ühe korra.
login-wait = { $minutes ->
    [one] Selle nimega on liiga palju katseid. Järgmist vaadatakse minuti pärast. Taastekood avab ikka.
   *[other] Selle nimega on liiga palju katseid. Järgmist vaadatakse { $minutes } minuti pärast. Taastekood avab ikka.
}
login-needed = Tule kõigepealt sisse.
login-over = Sinu seanss on läbi: see kestab kõige rohkem kaksteist tundi. Tule uuesti sisse. See, mida kirjutasid, on alles.
login-pause = Sa olid ära üle poole tunni. Enne kui midagi muudetakse, näita, et see oled sina. See, mida kirjutasid, on alles.
login-recovered = Sa tulid sisse taastekoodiga. See enam ei kehti; koode on alles: { $left }. Sea oma kontol uus teine tegur.
logout = Logi välja
goodbye-title = Oled välja logitud
goodbye-text = Midagi sinu küsitust ei hoita. Vali Tor Browseris „New Identity“; muus brauseris sulge aken.
goodbye-in = Tule uuesti sisse

## Esimest korda
welcome-title = Tere tulemast
welcome-step = Samm { $step } / 4
welcome-code = Sinu ühekordne kood
welcome-code-help = Haldur on selle sulle andnud: kolm nelja märgi rühma. See kehtib ühe korra.
welcome-go = Edasi
welcome-code-wrong = Seda koodi ei tunta, see on kasutatud või aegunud. Küsi haldurilt uus.
welcome-over = See võttis üle poole tunni või algas mujal. Alusta uuesti: kood kehtib veel, kui keegi pole seda kasutanud.
welcome-passphrase-title = Sea paroolilause
welcome-passphrase-about = Neli sõna või rohkem, mida keegi ei arva. Kirjuta need üles ainult sinna, kuhu keegi ei vaata.
welcome-passphrase = Uus paroolilause
welcome-passphrase-again = Sama uuesti
welcome-passphrase-short = Siin on { $actual } märki. Vaja on 12 või rohkem: nelja sõna on kergem meeles pidada kui märke.
welcome-passphrase-weak = Seda prooviks programm esimeste seas. Võta neli sõna, millel pole omavahel midagi ühist.
welcome-passphrase-name = See on enamasti sinu nimi. Võta neli sõna, millel pole omavahel midagi ühist.
welcome-passphrase-differ = Need kaks ei ole samad.
welcome-factor-title = Teine tegur
welcome-factor-about = Loe seda pilti autentimisrakendusega või kirjuta saladus sinna. Siis kirjuta kuus numbrit, mida see näitab.
welcome-factor-picture = Saladus QR-koodina
welcome-factor-secret = Saladus tekstina
welcome-factor-digits = Kuus numbrit
welcome-factor-wrong = Need ei ole praegused numbrid. Vaata telefoni kella: see peab olema õige poole minuti täpsusega.
welcome-codes-title = Taastekoodid
welcome-codes-about = Kirjuta need paberile. Igaüks avab ühe korra sel päeval, kui telefoni ei ole.
welcome-codes-back = Kirjuta kood number { $number }
welcome-codes-why = Et keegi ei märkaks liiga hilja, et neid ei kirjutatud üles.
welcome-codes-wrong = See ei ole kood number { $number }.
welcome-done = Oled sees. Nüüdsest on vaja nime, paroolilauset ja kuut numbrit.

## Täna öösel
tonight-title = Ööbimiskoht täna
tonight-ask = Kes vajab ööbimiskohta?
tonight-near = Millise linna lähedal
tonight-near-help = Mis tahes tähtedega. Jäta tühjaks, et näha kõiki.
tonight-near-unknown = Sellise nimega kohta ei tunta. Võta lähedal olev suurem linn.
tonight-near-which = Millist sa mõtled?
tonight-near-other = Mitte ühtegi; kirjutan uuesti
tonight-adults = Täiskasvanuid
tonight-children = Lapsi
tonight-children-help = Mitu igas vanuses
tonight-age = { $band } aastat
tonight-with = Kaasas
tonight-dog = koer
tonight-cat = kass
tonight-small = väike loom puuris
tonight-assistance = abistav koer
tonight-steps = vajab astmeteta kohta
tonight-women = ainult sinna, kus on ainult naised
tonight-languages = Keeled, mida nad räägivad
tonight-from = Esimene öö
tonight-from-tonight = täna
tonight-from-tomorrow = homme
tonight-from-date = muu kuupäev
tonight-date = Kuupäev
tonight-date-wrong = See ei ole öö alates tänasest. Kirjuta nii: 2026-12-24 või 24.12.
tonight-nights = Öid
tonight-within = Kuni mitu kilomeetrit
tonight-go = Otsi ööbimiskoht
tonight-nothing-more = Ära küsi midagi ülearust. Midagi sellest ei salvestata ega saadeta.
tonight-change = Muuda otsingut
tonight-asked-near = lähedal: { $town }, kuni { $km } km
tonight-asked-anywhere = kus tahes
tonight-asked-nights = { $nights ->
    [one] { $night }, 1 öö
   *[other] { $night }, { $nights } ööd
}
tonight-asked-people = { $adults ->
    [0] ilma täiskasvanuta
    [one] 1 täiskasvanu
   *[other] { $adults } täiskasvanut
}
tonight-asked-children = { $children ->
    [one] 1 laps ({ $ages })
   *[other] { $children } last ({ $ages })
}
tonight-group-own = Saab kohe jah öelda
tonight-group-ask = Küsi valves nõustajalt
tonight-group-later = Homme
tonight-group-close = Peaaegu, aga ei
tonight-own = meie oma, vastus kohe
tonight-others = küsi: { $center }
tonight-later = vaba alates { $night }
tonight-none = Täna öösel ei sobi miski.
tonight-none-next = Küsi vähem, vaata kaugemale või helista keskustele, mille kohad peaaegu sobivad. Teise keskuse valve võib teada kohta, mida üheski nimekirjas pole.
tonight-none-way = { $count ->
    [one] Ilma tingimuseta „{ $what }“ on 1.
   *[other] Ilma tingimuseta „{ $what }“ on { $count }.
}
tonight-none-wider = { $count ->
    [one] Kuni { $km } km kaugusel on 1.
   *[other] Kuni { $km } km kaugusel on { $count }.
}
tonight-none-late = { $count ->
    [one] Täna öösel sobib 1 koht, kuid selle oma reeglite järgi on küsimiseks liiga hilja. Kui muu ei aita, helista siiski selle keskusesse.
   *[other] Täna öösel sobib { $count } kohta, kuid nende oma reeglite järgi on küsimiseks liiga hilja. Kui muu ei aita, helista siiski nende keskustesse.
}
tonight-none-later = { $count ->
    [one] Alates { $night } sobib 1 koht.
   *[other] Alates { $night } sobib { $count } kohta.
}
tonight-more = Neid on rohkem. Küsi täpsemalt, et näha ülejäänuid.
tonight-free-title = Täna öösel vaba
tonight-free-none = Tänaseks ei ole vaba kohta märgitud. Küsi all: näidatakse ka, mis vabaneb hiljem või peaaegu sobib.
tonight-alone-title = Seis: laps üksi
tonight-alone = Last ilma täiskasvanuta me ei majuta kunagi, mitte üheks ööks. Helista kohe lastekaitsesse. Ole lapsega, kuni nad tulevad.
tonight-alone-number = Euroopa Liidus: 116 111. Kui on oht: 112.
tonight-alone-services = Otsi lastekaitset lähedalt
tonight-alone-mistake = Nendega on täiskasvanu: muuda otsingut
tonight-bad = Nii ei saa küsida: { $message }

## Kohad
offer-free = { $places ->
    [one] 1 vaba
   *[other] { $places } vaba
}
offer-sleeps = { $sleeps } kohta
offer-language = { $language } ({ $level })
offer-until = saabu kuni { $time }
offer-any-hour = saabu mis tahes ajal
offer-notice = küsi { $notice } ette
offer-women = ainult naised
offer-step-free = astmeteta
offer-cot = beebivoodi
offer-pet = { $pet } võib kaasas olla
offer-animals = seal elab: { $animals }
offer-in = { $town }
offer-near = lähedal: { $town }, { $band } minutit
offer-km = { $km } km
offer-confirmed = kinnitatud { $ago }, { $center }
offer-confirmed-us = kinnitasime { $ago }
offer-never = pole kunagi kinnitatud
offer-stale = kaks nädalat kinnitamata
offer-introduced = teame kaudu: { $center }
why-near = Liiga kaugel.
why-night = Ei ole kõigil neil öödel vaba või tulnuks küsida varem.
why-adults = Kõigile ei jätku kohti.
why-children = Mitte selles vanuses lastele.
why-party = Mitte sellele seltskonnale.
why-pets = Mitte selle loomaga.
why-step-free = Seal on astmed.
why-women-only = Mitte ainult naistele.
why-languages = Pererahvas räägib muud keelt.
why-stale = Keegi pole ammu kinnitanud. Küsi, enne kui sellele loodad.
why-other = Ei sobi: { $what }.
what-near = lähedal
what-night = neil öödel
what-adults = kohad kõigile
what-children = lapsed
what-party = see seltskond
what-pets = loom
what-step-free = astmeteta
what-women-only = ainult naised
what-languages = need keeled
what-stale = hiljuti kinnitatud

## Aeg
ago-now = just praegu
ago-minutes = { $n ->
    [one] minut tagasi
   *[other] { $n } minutit tagasi
}
ago-hours = { $n ->
    [one] tund tagasi
   *[other] { $n } tundi tagasi
}
ago-days = { $n ->
    [one] eile
   *[other] { $n } päeva tagasi
}
date-full = { $day }. { $month ->
    [1] jaanuar
    [2] veebruar
    [3] märts
    [4] aprill
    [5] mai
    [6] juuni
    [7] juuli
    [8] august
    [9] september
    [10] oktoober
    [11] november
   *[12] detsember
} { $year }

## Kirjed
record-of = { $kind }: { $center }
record-ours = meie oma
record-erased = { $center } on selle kustutanud.
record-left-out = Mõni selle kirje muudatus ei sobi ja seda ei näidata.
record-yes = jah
record-no = ei
record-print = Prindi brauserist: prinditakse ainult kirje.
record-none = Sellist kirjet ei ole. See on kustutatud või aadress ei ole terve.

## Kes aitab
services-title = Kes aitab
services-words = Mida või keda sa otsid
services-words-help = Nimi, sõna, amet, mis tahes tähtedega.
services-near = Millise linna lähedal
services-profession = Amet
services-any = ükskõik
services-go = Otsi
services-found = { $count ->
    [0] Keegi ei sobi.
    [one] 1 sobib
   *[other] { $count } sobivad
}
services-none-next = Jäta midagi välja või otsi ilma linnata: paljud aitavad telefoni teel kust tahes.
services-call = Helista { $number }
services-checked = kontrollitud { $ago }, { $center }
services-unchecked = pole kunagi kontrollitud
services-more = Neid on rohkem. Küsi täpsemalt, et näha ülejäänuid.

## Meie kohad
offers-title = Meie kohad
offers-confirm = Pererahvas ütles täna jah
offers-confirmed = Märgitud: pererahvas ütles täna jah.
offers-more = Need on esimesed { $count }.

## Konto
account-title = Sinu konto
account-who = { $name }, { $role }
account-language = Keel
account-sessions = Kus sa sees oled
account-session-this = siin, praegu
account-session = algas { $since }, nähtud { $seen }
account-session-end = Lõpeta see
account-session-ended = See seanss on lõppenud.
account-factor-about = Uue telefoni jaoks või kui vana on kadunud. Vana teine tegur ja selle taastekoodid enam ei kehti.
account-factor-new = Määra uus teine tegur
account-factor-done = Teine tegur on vahetatud. Sinu teised seansid on lõpetatud.
account-passphrase = Teine paroolilause
account-passphrase-present = Praegune paroolilause
account-passphrase-set = Sea
account-passphrase-wrong = Praegune paroolilause ei sobinud.
account-passphrase-done = Sinu paroolilause on nüüd teine. Kõik muud seansid on lõppenud.
account-recovery = { $left ->
    [0] Taastekoode ei ole alles. Küsi haldurilt lähtestamist, enne kui telefon kaob.
    [one] Taastekoode on alles 1.
   *[other] Taastekoode on alles { $left }.
}

## Inimesed
people-title = Inimesed
people-add = Lisa inimene
people-name = Nimi
people-name-help = Nimi, mille all teda siin tuntakse. See ei pea olema päris.
people-role = Roll
people-add-go = Lisa
people-code-title = Ühekordne kood: { $name }
people-code = Anna see ({ $name }) suuliselt või paberil koos nende lehtede aadressi ja „/welcome“-iga. See kehtib ühe korra, kuni { $until }. Seda näidatakse ainult siin ja praegu.
people-invited = pole veel sees käinud
people-ready = valmis
people-last = viimati siin { $ago }
people-never = pole siin olnud
people-reset = Võta paroolilause ja teine tegur ära ja anna uus kood
people-change-role = Muuda rolli
people-remove = Eemalda { $name } kohe
people-exists = Sellise nimega inimene on juba siin.

## Mis läks valesti
fault-title-role = See ei ole sinu rollile
fault-role = Sinu roll siin on { $role }. Palu kedagi, kellel on kõrgem roll, või haldurit sinu rolli muuta.
fault-title-missing = Sellist lehte ei ole
fault-missing = Aadress ei ole terve või seda, mis siin oli, enam ei ole.
fault-title-foreign = Seda vormi ei võetud vastu
fault-foreign = See saadeti juba teiste sõnadega, on liiga vana või tuleb muult lehelt. Midagi ei muudetud. Mine tagasi, laadi leht uuesti ja saada üks kord.
fault-title-large = Seda on liiga palju
fault-large = Vorm on suurem, kui tohib olla. Midagi ei muudetud.
fault-title-slow = See võttis liiga kaua
fault-slow = Vorm ei jõudnud õigeks ajaks. Midagi ei muudetud. Proovi uuesti seal, kus ühendus on parem.
fault-title-failed = Sõlm ei saanud seda teha
fault-failed = Midagi ei muudetud. Proovi uuesti; kui see ei aita, ütle haldurile, mis siin kirjas on.
fault-title-restored = Sõlm ootab teist keskust
fault-restored = See taastati varukoopiast ega ole sellest peale ühtlustunud: vahepeal kustutatu võiks uuesti näha olla. Palu haldurit vaadata „hospes status“.
fault-title-refused = Seda ei tehtud
fault-home = Esimesele lehele
sealed-title = Sõlm on pitseeritud
sealed-text = Siin ei saa midagi lugeda, kuni haldur selle avab, ja keegi teine ei saa. Helista haldurile. Seni kasuta paberit või küsi teiselt keskuselt telefoni teel.
sealed-admin = Haldurile: käivita sõlme masinas
empty-title = Siin ei ole keskust
empty-text = Seda pole veel tehtud või on see tühjendatud. Küsi haldurilt.

## Lahtiolekuajad
hours-open = Praegu avatud.
hours-open-until = Praegu avatud, kuni { $time }.
hours-closed = Praegu suletud.
hours-opens-today = Praegu suletud. Avatakse täna kell { $time }.
hours-opens-tomorrow = Praegu suletud. Avatakse homme kell { $time }.
hours-opens-on = Praegu suletud. Avatakse { $day } kell { $time }.
