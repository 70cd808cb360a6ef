# Mis on väljaga valesti. Iga teade on välja enda juures.

problem-missing = See on vajalik.
problem-unknown = See versioon ei tunne sellist välja.
problem-forbidden = Seda ei tohi jagatud kirjes kunagi olla.
problem-long = Siin on { $actual } märki; lubatud on kuni { $max }.
problem-large = See on suurem kui { $max } baiti.
problem-many = Neid on { $actual }; lubatud on kuni { $max }.
problem-range = Arv peab olema { $min } kuni { $max }.
problem-choice = „{ $found }“ ei ole valikute hulgas.
problem-not-a = „{ $found }“ ei ole loetav. Kirjuta nii: { $example }.
problem-form = Kirjuta nii: „{ $expected }“.
problem-hidden = Märgi { $at } kohal on peidetud märk. Trüki tekst uuesti, ära kopeeri.
problem-unreadable = Seda ei saa lugeda alates märgist { $at }.
problem-shape = Midagi on valesti. Laadi leht uuesti ja täida veel kord.
problem-lint = Seda saavad lugeda kõik ringi keskused. See näeb välja nagu { $what }: „{ $excerpt }“. Jäta see välja.

lint-phone = telefoninumber
lint-email = e-posti aadress
lint-street = tänava aadress
lint-handle = nimi sõnumirakenduses
lint-coordinates = koht kaardil
lint-passport = isikut tõendava dokumendi number
lint-name = inimese nimi

rule-zone = Ütle linn: muidu ei tea keegi, mis aja järgi on „{ $of }“.
rule-country = { $region } ei ole selles riigis: { $country }.
rule-above = Siin on { $actual }, rohkem kui „{ $other }“, mis on { $limit }.
rule-pause = Ütle, mis päevani.
rule-price = See on vajalik, sest valitud on „{ $cost }“.
rule-note-language = Ütle, mis keeles märkus on.
rule-address = Aadress on ainult seal, kus kohtutakse kohapeal.
rule-after = See peab olema hiljem kui „{ $other }“.
rule-life = Kehtib kõige rohkem { $days } päeva pärast saatmist.
rule-reference = Ütle, milliseid teateid see muudab või lõpetab.
rule-source-page = Anna ametliku lehe aadress.
rule-twice = Sama nimega on kaks.
rule-choices = Ütle, mille vahel valida saab.
rule-nothing-to-approve = Ei ole teksti, mida heaks kiita.
rule-unused = Neid täidetavaid kohti ei kasutata: { $keys }.
rule-undeclared = Neid täidetavaid kohti kasutatakse, aga neid ei ole kirjeldatud: { $keys }.
rule-not-fillable = „{ $found }“ ei ole täidetav koht.
rule-future = See päev ei ole veel käes; täna on { $today }.
rule-small-town = { $name }: alla { $smallest } elaniku, seal leitaks pererahvas üles. Võta lähedalt suurem linn.
rule-no-town = Sellist linna siin ei tunta.
