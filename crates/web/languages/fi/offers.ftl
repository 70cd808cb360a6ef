# Tietueiden ja paikkojen lomakkeet.

entry-wrong = { $count ->
    [one] Yksi kohta on korjattava. Mitään ei ole vielä tallennettu.
   *[other] { $count } kohtaa on korjattava. Mitään ei ole vielä tallennettu.
}
entry-not-said = ei kerrottu
entry-yes = kyllä
entry-no = ei
entry-other-language = Muu kieli
entry-other-language-wrong = ”{ $found }” ei ole täällä tunnettu kieli. Kirjoita sen nimi englanniksi tai kielellä itsellään, tai tunnus, kuten kk.
entry-level = Kuinka hyvin
entry-override = Olen tarkistanut: tästä kukaan ei saa selville, kuka tai missä joku on
entry-override-help = Nimesi ja tämä päätös kirjataan tarkastuslokiin.
entry-save = Tallenna
entry-leave = Jätä ennalleen
entry-changed-meanwhile = Joku on sillä välin muuttanut tätä tietuetta niin paljon, ettei muutoksia voi yhdistää. Alla on se, mitä kirjoitit. Katso tietuetta sellaisena kuin se nyt on; jos tallennat uudelleen, sinun tekstisi jää voimaan.
entry-now = Tietue sellaisena kuin se nyt on

offers-none = Keskuksellasi ei ole vielä paikkoja. Lisää yksi täällä tai pyydä ylläpitäjää tuomaan luettelo.
offers-new = Lisää paikka
offers-change = Muuta
offers-made = Paikka on lisätty. Piirisi muut keskukset näkevät sen pian.
offers-rare = Paikka on tallennettu. Alle kolme paikkaa on sen kaltaisia, joten se voi paljastaa, missä isäntä asuu: suurempi kaupunki tai vähemmän yksityiskohtia kätkee sen.
offers-changed = Paikka on muutettu.
offers-paused = Paikka on tauolla.
offers-resumed = Paikka on taas käytössä.
offers-withdrawn = Paikka ei ole enää tarjolla. Vapaa teksti on poistettu siitä.
offers-not-ours = Tämä paikka on toisen keskuksen. Vain se keskus muuttaa sitä.

offer-new-title = Uusi paikka
offer-edit-title = Muuta paikkaa
offer-nobody = Ei nimeä, ei puhelinnumeroa, ei osoitetta: kaikki piirin keskukset voivat lukea tämän. Kenelle soittaa, on sinulla paperilla.
offer-section-where = Missä
offer-section-place = Asunto
offer-section-guests = Ketkä ovat tervetulleita
offer-section-languages = Isännän kielet
offer-section-nights = Milloin
offer-section-rules = Säännöt ja maksu
offer-section-known = Kuinka hyvin tunnemme isännän
offer-section-note = Huomautus
offer-town-help = Lähin vähintään 20 000 asukkaan kaupunki, millä kirjaimilla tahansa. Ei koskaan kylä itse.
offer-town-needed = Kerro kaupunki. Maa ja aikavyöhyke tulevat siitä.
offer-sleeps-help = Kuinka monta ihmistä siellä voi nukkua.
offer-latest-help = Esimerkiksi 22:30. Tyhjä: aamukuuteen asti.
offer-note-help = Mitä neuvojan on hyvä tietää. Enintään 280 merkkiä.
offer-expires-help = Tyhjä: 30 päivää isännän viimeisestä kyllästä.
offer-date-help = Esimerkiksi 2026-12-24 tai 24.12.
offer-confirmed-by-help = Paikka, jota kukaan ei vahvista, näytetään kahden viikon kuluttua vanhana.

nights-caption = Vapaat paikat yö yöltä
nights-help = Yö on sen illan päivämäärä. Tyhjä: ei vapaa.
nights-free = { $night }: vapaita paikkoja
nights-many = Monta yötä kerralla
nights-from = Alkaen
nights-until = Asti
nights-places = Vapaita paikkoja
nights-many-wrong = Kerro mistä yöstä mihin ja montako paikkaa: tästä yöstä alkaen, enintään 120 yötä.
nights-after = { $count ->
    [one] Näiden viikkojen jälkeen on vapaana vielä 1 yö, { $last }.
   *[other] Näiden viikkojen jälkeen on vapaana vielä { $count } yötä, viimeinen { $last }.
}
weekday-1 = Ma
weekday-2 = Ti
weekday-3 = Ke
weekday-4 = To
weekday-5 = Pe
weekday-6 = La
weekday-7 = Su

offer-pause-title = Tauko
offer-pause-about = Mikään haku ei löydä sitä siihen päivään asti. Siitä päivästä se on taas käytössä.
offer-pause-until = Tauko päättyy
offer-pause-go = Pane tauolle
offer-pause-wrong = Kerro päivä tämän päivän jälkeen, esimerkiksi 2026-12-24 tai 24.12.
offer-resume = Paikka on taas käytössä
offer-withdraw-title = Poista tarjolta
offer-withdraw-about = Mikään haku ei enää löydä sitä, ja vapaa teksti poistetaan. Se jää luetteloon ja sen voi ottaa taas käyttöön.
offer-withdraw-go = Poista tarjolta
