## Muut keskukset
nav-network = Verkosto
network-title = Verkosto
network-centers = Keskukset
network-nobody = Tällä keskuksella ei ole vielä kumppaneita. Muiden tiedot eivät ole täällä, eivätkä teidän tietonne missään muualla.
network-about = { $all ->
    [one] Yksi keskus
   *[other] { $all } keskusta
}: { $peers ->
    [one] yksi kumppani
   *[other] { $peers } kumppania
}, joista { $same } ajan tasalla kanssamme.
network-heard = Viimeksi yhteydessä { $when }.
network-never = Ei vielä koskaan yhteydessä.
network-in-sync = ajan tasalla
network-behind = { $changes ->
    [one] yhden muutoksen jäljessä
   *[other] { $changes } muutosta jäljessä
}
network-comparing = vertaa
network-down = ei yhteyttä
network-introduced = esitelty
network-suspended = keskeytetty
network-kept-out = suljettu pois
network-peer = Kumppanimme
network-through = Tunnetaan näiden kautta: { $names }
network-through-nobody = Kukaan ei enää esittele sitä
network-records = { $count ->
    [one] yksi tietue
   *[other] { $count } tietuetta
}
network-until = { $day } asti
network-waits = Sen muutokset odottavat: se lähettää enemmän kuin kumppani saa.
network-clock = { $minutes ->
    [one] Sen kello poikkeaa minuutin.
   *[other] Sen kello poikkeaa { $minutes } minuuttia.
}
network-none-next = Ylläpitäjä lisää kumppanin: hospes peer add FILE
network-alarms = Hälytykset
network-accused = { $by } varoittaa keskuksesta { $accused }: { $cause } ({ $when }).
network-next = Älä luota sen tarjouksiin. Soita keskukseen ennen kuin lähetät sinne ketään.
network-counts-not = Tämä ei sulje sitä pois täällä: ylläpitäjä on päättänyt niin, tai ääniä on vain yksi. Soita molemmille.
network-accused-us = { $by } varoittaa omasta keskuksestamme: { $cause } ({ $when }).
network-accused-us-next = Soita heti ylläpitäjälle. Jos se on totta, solmu on suljettava: hospes seal
network-warnings = Ylläpitäjille
network-all-well = Ei mitään katsottavaa.
network-quarantine = Hylätyt muutokset
network-quarantine-about = Muutoksia, jotka rikkovat sääntöjä. Ne pidetään erillään, eikä niitä näytetä kenellekään.
network-quarantine-none = Mitään ei ole hylätty.
network-by-over = { $author }, reitti { $peer }
network-more = { $count ->
    [one] Ja vielä yksi: hospes quarantine list
   *[other] Ja vielä { $count }: hospes quarantine list
}
word-cause-seized = sen kone on viety
word-cause-key-stolen = sen avain on jollakulla muulla
word-cause-suspicious = jokin on vialla
