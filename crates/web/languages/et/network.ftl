## Teised keskused
nav-network = Võrgustik
network-title = Võrgustik
network-centers = Keskused
network-nobody = Sellel keskusel ei ole veel partnereid. Teiste teadmisi siin ei ole ja teie teadmisi ei ole kusagil mujal.
network-about = { $all ->
    [one] Üks keskus
   *[other] { $all } keskust
}: { $peers ->
    [one] üks partner
   *[other] { $peers } partnerit
}, kellest meiega samas seisus { $same }.
network-heard = Viimati ühenduses { $when }.
network-never = Veel mitte kunagi ühenduses.
network-in-sync = samas seisus
network-behind = { $changes ->
    [one] ühe muudatuse võrra maas
   *[other] { $changes } muudatuse võrra maas
}
network-comparing = võrdleb
network-down = ühendust ei ole
network-introduced = tutvustatud
network-suspended = peatatud
network-kept-out = välja jäetud
network-peer = Meie partner
network-through = Tuntud nende kaudu: { $names }
network-through-nobody = Keegi ei tutvusta seda enam
network-records = { $count ->
    [one] üks kirje
   *[other] { $count } kirjet
}
network-until = Kuni { $day }
network-waits = Selle muudatused ootavad: see saadab rohkem, kui partner tohib.
network-clock = { $minutes ->
    [one] Selle kell erineb ühe minuti võrra.
   *[other] Selle kell erineb { $minutes } minuti võrra.
}
network-none-next = Partneri lisab administraator: hospes peer add FILE
network-alarms = Häired
network-accused = { $by } hoiatab keskuse { $accused } eest: { $cause } ({ $when }).
network-next = Ära looda selle pakkumistele. Helista keskusesse, enne kui kellegi sinna saadad.
network-counts-not = See ei jäta seda siin välja: nii on otsustanud administraator või on hääli ainult üks. Helista mõlemale.
network-accused-us = { $by } hoiatab meie oma keskuse eest: { $cause } ({ $when }).
network-accused-us-next = Helista kohe administraatorile. Kui see on tõsi, tuleb sõlm sulgeda: hospes seal
network-warnings = Administraatoritele
network-all-well = Midagi ei ole vaja vaadata.
network-quarantine = Tagasi lükatud muudatused
network-quarantine-about = Muudatused, mis rikuvad reegleid. Neid hoitakse eraldi ja neid ei näidata kellelegi.
network-quarantine-none = Midagi ei ole tagasi lükatud.
network-by-over = { $author }, { $peer } kaudu
network-more = { $count ->
    [one] Ja veel üks: hospes quarantine list
   *[other] Ja veel { $count }: hospes quarantine list
}
word-cause-seized = selle masin on ära võetud
word-cause-key-stolen = selle võti on kellegi teise käes
word-cause-suspicious = midagi on valesti
