## The other centers
nav-network = Network
network-title = Network
network-centers = Centers
network-nobody = This center has no peers yet. What others know is not here, and what you know is nowhere else.
network-about = { $all ->
    [one] One center
   *[other] { $all } centers
}: { $peers ->
    [one] one peer
   *[other] { $peers } peers
}, of which { $same } in sync with us.
network-heard = Heard from { $when }.
network-never = Never heard from.
network-in-sync = in sync
network-behind = { $changes ->
    [one] one change behind
   *[other] { $changes } changes behind
}
network-comparing = comparing
network-down = no line
network-introduced = introduced
network-suspended = suspended
network-kept-out = kept out
network-peer = Our peer
network-through = Known through { $names }
network-through-nobody = Nobody introduces it any more
network-records = { $count ->
    [one] one record
   *[other] { $count } records
}
network-until = Until { $day }
network-waits = Its changes wait: it sends more than a peer may.
network-clock = { $minutes ->
    [one] Its clock differs by one minute.
   *[other] Its clock differs by { $minutes } minutes.
}
network-none-next = An admin adds a peer: hospes peer add FILE
network-alarms = Alarms
network-accused = { $by } warns of { $accused }: { $cause } ({ $when }).
network-next = Do not rely on its offers. Call the center before you send somebody there.
network-counts-not = This does not keep it out here: an admin has decided so, or it is one voice only. Call both.
network-accused-us = { $by } warns of our own center: { $cause } ({ $when }).
network-accused-us-next = Call your admin now. If it is true, the node has to be sealed: hospes seal
network-warnings = For admins
network-all-well = Nothing to look at.
network-quarantine = Refused changes
network-quarantine-about = Changes that break a rule. They are kept apart, and nobody is shown them.
network-quarantine-none = Nothing was refused.
network-by-over = { $author }, over { $peer }
network-more = { $count ->
    [one] And one more: hospes quarantine list
   *[other] And { $count } more: hospes quarantine list
}
word-cause-seized = its machine was taken
word-cause-key-stolen = somebody else has its key
word-cause-suspicious = something is wrong
