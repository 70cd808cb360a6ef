# Kirjete ja kohtade vormid.

entry-wrong = { $count ->
    [one] Üks asi tuleb parandada. Midagi ei ole veel salvestatud.
   *[other] { $count } asja tuleb parandada. Midagi ei ole veel salvestatud.
}
entry-not-said = ei ole öeldud
entry-yes = jah
entry-no = ei
entry-other-language = Muu keel
entry-other-language-wrong = „{ $found }“ ei ole siin tuntud keel. Kirjuta selle nimi inglise keeles või selles keeles endas, või tunnus, näiteks kk.
entry-level = Kui hästi
entry-override = Olen kontrollinud: sellest ei saa keegi teada, kes või kus keegi on
entry-override-help = Sinu nimi ja see otsus kirjutatakse auditilogisse.
entry-save = Salvesta
entry-leave = Jäta nii nagu oli
entry-changed-meanwhile = Keegi on vahepeal seda kirjet nii palju muutnud, et mõlemat ei saa kokku panna. Allpool on see, mida sina trükkisid. Vaata kirjet sellisena, nagu see nüüd on; kui salvestad uuesti, jääb kehtima sinu oma.
entry-now = Kirje sellisena, nagu see nüüd on

offers-none = Sinu keskusel ei ole veel kohti. Lisa üks siin või palu halduril nimekiri sisse lugeda.
offers-new = Lisa koht
offers-change = Muuda
offers-made = Koht on lisatud. Sinu ringi teised keskused näevad seda varsti.
offers-rare = Koht on salvestatud. Sellega sarnaseid on alla kolme, nii et selle järgi võib aru saada, kus pererahvas elab: suurem linn või vähem üksikasju peidab selle.
offers-changed = Koht on muudetud.
offers-paused = Koht on pausil.
offers-resumed = Koht on jälle kasutusel.
offers-withdrawn = Kohta enam ei pakuta. Vaba tekst on sellest eemaldatud.
offers-not-ours = See koht on teise keskuse oma. Ainult see keskus muudab seda.

offer-new-title = Uus koht
offer-edit-title = Muuda kohta
offer-nobody = Ei nime, ei telefoninumbrit, ei aadressi: seda saavad lugeda kõik ringi keskused. Kellele helistada, on sul paberil.
offer-section-where = Kus
offer-section-place = Eluase
offer-section-guests = Kes on teretulnud
offer-section-languages = Pererahva keeled
offer-section-nights = Millal
offer-section-rules = Reeglid ja tasu
offer-section-known = Kui hästi me pererahvast tunneme
offer-section-note = Märkus
offer-town-help = Lähim linn, kus on vähemalt 20 000 elanikku, mis tahes tähtedega. Mitte kunagi küla ise.
offer-town-needed = Ütle linn. Riik ja ajavöönd tulevad sellest.
offer-sleeps-help = Kui palju inimesi saab seal magada.
offer-latest-help = Näiteks 22:30. Tühi: hommikul kella kuueni.
offer-note-help = Mida nõustaja peaks teadma. Kuni 280 märki.
offer-expires-help = Tühi: 30 päeva pärast pererahva viimast jah-sõna.
offer-date-help = Näiteks 2026-12-24 või 24.12.
offer-confirmed-by-help = Kohta, mida keegi ei kinnita, näidatakse kahe nädala pärast vananenuna.

nights-caption = Vabad kohad öö kaupa
nights-help = Öö on selle õhtu kuupäev. Tühi: ei ole vaba.
nights-free = { $night }: vabu kohti
nights-many = Palju öid korraga
nights-from = Alates
nights-until = Kuni
nights-places = Vabu kohti
nights-many-wrong = Ütle, mis ööst mis ööni ja mitu kohta: alates tänasest ööst, kuni 120 ööd.
nights-after = { $count ->
    [one] Pärast neid nädalaid on vaba veel 1 öö, { $last }.
   *[other] Pärast neid nädalaid on vaba veel { $count } ööd, viimane { $last }.
}
weekday-1 = E
weekday-2 = T
weekday-3 = K
weekday-4 = N
weekday-5 = R
weekday-6 = L
weekday-7 = P

offer-pause-title = Paus
offer-pause-about = Ükski otsing ei leia seda enne seda päeva. Sellest päevast on see jälle kasutusel.
offer-pause-until = Pausil kuni
offer-pause-go = Pane pausile
offer-pause-wrong = Ütle päev pärast tänast, näiteks 2026-12-24 või 24.12.
offer-resume = Koht on jälle kasutusel
offer-withdraw-title = Enam mitte pakkuda
offer-withdraw-about = Ükski otsing ei leia seda enam ja vaba tekst eemaldatakse. Nimekirja jääb see alles ja selle saab jälle kasutusele võtta.
offer-withdraw-go = Enam mitte pakkuda
