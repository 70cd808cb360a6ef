# What the pages say. One message for each sentence; the build makes a function of each.

## Around every page
skip = Skip to the page
nav = Pages
nav-tonight = Tonight
nav-services = Services
nav-offers = Our offers
nav-people = People
menu-account = Account of { $name }
foot-kept = What is asked here is kept nowhere.
foot-languages = Languages

## Coming in
login-title = Come in
login-name = Your name here
login-passphrase = Passphrase
login-proof = Six digits of your second factor
login-proof-help = From your authenticator. If you have lost it, type one of your recovery codes.
login-go = Come in
login-first = I have a one-time code
login-wrong = This did not fit. Check the name, the passphrase and the digits; each set of digits counts once.
login-wait = { $minutes ->
    [one] Too many tries under this name. The next one is looked at in a minute. A recovery code still opens.
   *[other] Too many tries under this name. The next one is looked at in { $minutes } minutes. A recovery code still opens.
}
login-needed = Come in first.
login-over = Your session is over: it lasts twelve hours at most. Come in again. What you were typing is still there.
login-pause = You were away for more than half an hour. Before something is changed, show that it is you. What you were typing is still there.
login-recovered = { $left ->
    [one] You came in by a recovery code. It counts no more; one is left. Set a new second factor under your account.
   *[other] You came in by a recovery code. It counts no more; { $left } are left. Set a new second factor under your account.
}
logout = Log out
goodbye-title = You are logged out
goodbye-text = Nothing of what you asked is kept. In Tor Browser choose “New Identity”; in any other browser close the window.
goodbye-in = Come in again

## First login
welcome-title = Welcome
welcome-step = Step { $step } of 4
welcome-code = Your one-time code
welcome-code-help = Your admin has given it to you: three groups of four signs. It counts once.
welcome-go = Go on
welcome-code-wrong = This code is not known, was used, or is over. Ask your admin for a new one.
welcome-over = This took more than half an hour, or was begun somewhere else. Begin again: your code still counts if nobody has used it.
welcome-passphrase-title = Set your passphrase
welcome-passphrase-about = Four or more words that nobody would guess. Write them down only where nobody looks.
welcome-passphrase = New passphrase
welcome-passphrase-again = The same again
welcome-passphrase-short = This has { $actual } signs. Take 12 or more: four words are easier to remember than signs.
welcome-passphrase-weak = This is among the first that a program would try. Take four words that have nothing to do with each other.
welcome-passphrase-name = This is mostly your name. Take four words that have nothing to do with each other.
welcome-passphrase-differ = The two are not the same.
welcome-factor-title = Second factor
welcome-factor-about = Read this picture with an authenticator app, or type the secret there. Then type the six digits that it shows.
welcome-factor-picture = The secret as a QR code
welcome-factor-secret = The secret as text
welcome-factor-digits = Six digits
welcome-factor-wrong = These are not the digits of now. Look at the clock of your phone: it must be right to half a minute.
welcome-codes-title = Recovery codes
welcome-codes-about = Write these on paper. Each opens once, on the day when your phone is lost.
welcome-codes-back = Type code number { $number }
welcome-codes-why = So that nobody finds out too late that they were not written down.
welcome-codes-wrong = This is not code number { $number }.
welcome-done = You are in. From now on you need your name, your passphrase and the six digits.

## Tonight
tonight-title = A bed for tonight
tonight-ask = Who needs a bed?
tonight-near = Near which town
tonight-near-help = In any script. Leave it empty to see all.
tonight-near-unknown = No town or place of this name is known. Take a larger town nearby.
tonight-near-which = Which one do you mean?
tonight-near-other = None of these; I type it anew
tonight-adults = Adults
tonight-children = Children
tonight-children-help = How many of each age
tonight-age = { $band } years
tonight-with = With them
tonight-dog = a dog
tonight-cat = a cat
tonight-small = a small animal in a cage
tonight-assistance = an assistance dog
tonight-steps = needs a place without steps
tonight-women = only where only women are
tonight-languages = Languages they speak
tonight-from = First night
tonight-from-tonight = tonight
tonight-from-tomorrow = tomorrow
tonight-from-date = another date
tonight-date = Date
tonight-date-wrong = This is not a night from tonight on. Write it as 2026-12-24 or 24.12.
tonight-nights = Nights
tonight-within = Up to how many kilometers
tonight-go = Find a bed
tonight-nothing-more = Ask for nothing that is not needed. Nothing of this is saved or sent.
tonight-change = Change what is asked
tonight-asked-near = near { $town }, up to { $km } km
tonight-asked-anywhere = anywhere
tonight-asked-nights = { $nights ->
    [one] { $night }, 1 night
   *[other] { $night }, { $nights } nights
}
tonight-asked-people = { $adults ->
    [0] no adult
    [one] 1 adult
   *[other] { $adults } adults
}
tonight-asked-children = { $children ->
    [one] 1 child ({ $ages })
   *[other] { $children } children ({ $ages })
}
tonight-group-own = Can say yes now
tonight-group-ask = Ask the duty counselor
tonight-group-later = Tomorrow
tonight-group-close = Close, but no
tonight-own = ours, answer at once
tonight-others = ask { $center }
tonight-later = free from { $night }
tonight-none = Nothing fits tonight.
tonight-none-next = Ask for less, look further away, or call the peers whose offers come close. The duty counselor of another center may know a place that is in no list.
tonight-none-way = { $count ->
    [one] Without “{ $what }” there is 1.
   *[other] Without “{ $what }” there are { $count }.
}
tonight-none-wider = { $count ->
    [one] Up to { $km } km there is 1.
   *[other] Up to { $km } km there are { $count }.
}
tonight-none-late = { $count ->
    [one] One place fits tonight, but by its own rules it is too late to ask. If nothing else helps, call its center all the same.
   *[other] { $count } places fit tonight, but by their own rules it is too late to ask. If nothing else helps, call their centers all the same.
}
tonight-none-later = { $count ->
    [one] One place fits from { $night } on.
   *[other] { $count } places fit from { $night } on.
}
tonight-more = There are more. Ask more exactly to see the rest.
tonight-free-title = Free tonight
tonight-free-none = No bed is noted as free tonight. Ask below: what is free later, or comes close, is shown too.
tonight-alone-title = Stop: a child alone
tonight-alone = A child without a grown-up is never placed by us, not for one night. Call child protection now. Stay with the child until they are there.
tonight-alone-number = In the European Union: 116 111. If there is danger: 112.
tonight-alone-services = Find child protection near by
tonight-alone-mistake = A grown-up is with them: change what is asked
tonight-bad = This cannot be asked: { $message }

## Offers on cards
offer-free = { $places ->
    [one] 1 free
   *[other] { $places } free
}
offer-sleeps = sleeps { $sleeps }
offer-language = { $language } ({ $level })
offer-until = arrive until { $time }
offer-any-hour = arrive at any hour
offer-notice = ask { $notice } before
offer-women = women only
offer-step-free = without steps
offer-cot = a cot
offer-pet = { $pet } welcome
offer-animals = lives with: { $animals }
offer-in = in { $town }
offer-near = near { $town }, { $band } minutes away
offer-km = { $km } km away
offer-confirmed = confirmed { $ago } by { $center }
offer-confirmed-us = confirmed { $ago } by us
offer-never = never confirmed
offer-stale = not confirmed for two weeks
offer-introduced = known through { $center }
why-near = Too far away.
why-night = Not free on all of these nights, or it had to be asked earlier.
why-adults = Not enough places for all of them.
why-children = Not for children of this age.
why-party = Not for this party.
why-pets = Not with this animal.
why-step-free = There are steps.
why-women-only = Not only for women.
why-languages = The host speaks another language.
why-stale = Nobody has confirmed it for long. Ask before you count on it.
why-other = It does not fit: { $what }.
what-near = near by
what-night = on these nights
what-adults = places for all
what-children = the children
what-party = this party
what-pets = the animal
what-step-free = without steps
what-women-only = women only
what-languages = these languages
what-stale = confirmed lately

## Time
ago-now = just now
ago-minutes = { $n ->
    [one] 1 minute ago
   *[other] { $n } minutes ago
}
ago-hours = { $n ->
    [one] 1 hour ago
   *[other] { $n } hours ago
}
ago-days = { $n ->
    [one] yesterday
   *[other] { $n } days ago
}
date-full = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }

## Records
record-of = { $kind } of { $center }
record-ours = ours
record-erased = This was erased by { $center }.
record-left-out = Some changes of this record do not fit and are not shown.
record-yes = yes
record-no = no
record-print = To print it, use your browser: only the record is printed.
record-none = There is no such record. It was erased, or the address is not whole.

## Services
services-title = Who helps
services-words = What or whom do you look for
services-words-help = A name, a word, a profession, in any script.
services-near = Near which town
services-profession = Profession
services-any = any
services-go = Look
services-found = { $count ->
    [0] Nobody fits.
    [one] 1 fits
   *[other] { $count } fit
}
services-none-next = Leave something out, or look without a town: many help by telephone from anywhere.
services-call = Call { $number }
services-checked = checked { $ago } by { $center }
services-unchecked = never checked
services-more = There are more. Ask more exactly to see the rest.

## Our offers
offers-title = Our offers
offers-confirm = The host said yes today
offers-confirmed = Noted: the host said yes today.
offers-more = These are the first { $count }.

## Account
account-title = Your account
account-who = { $name }, { $role }
account-language = Language
account-sessions = Where you are logged in
account-session-this = here, now
account-session = since { $since }, last seen { $seen }
account-session-end = End this one
account-session-ended = That session is over.
account-factor-about = For a new phone, or when the old one is lost. The old second factor and its recovery codes count no more.
account-factor-new = Set another second factor
account-factor-done = The second factor is changed. Your other sessions were ended.
account-passphrase = Another passphrase
account-passphrase-present = Present passphrase
account-passphrase-set = Set it
account-passphrase-wrong = The present passphrase did not fit.
account-passphrase-done = Your passphrase is another one now. All other sessions are over.
account-recovery = { $left ->
    [0] You have no recovery code left. Ask your admin for a reset before you lose your phone.
    [one] You have 1 recovery code left.
   *[other] You have { $left } recovery codes left.
}

## People
people-title = People
people-add = Add a person
people-name = Name
people-name-help = A name by which they are known here. It need not be the real one.
people-role = Role
people-add-go = Add
people-code-title = One-time code for { $name }
people-code = Give it to { $name } by voice or on paper, with the address of these pages and “/welcome”. It counts once, until { $until }. It is shown only here and now.
people-invited = has not come in yet
people-ready = ready
people-last = last here { $ago }
people-never = never here
people-reset = Take passphrase and second factor away, and give a new code
people-change-role = Change the role
people-remove = Remove { $name } now
people-exists = Somebody of this name is here already.

## What goes wrong
fault-title-role = This is not for your role
fault-role = You are here as { $role }. Ask somebody with a higher role to do it, or an admin to change yours.
fault-title-missing = There is no such page
fault-missing = The address is not whole, or what was here is gone.
fault-title-foreign = This form was not taken
fault-foreign = It was sent before with other words, is too old, or comes from another page. Nothing was changed. Go back, load the page anew, and send it once.
fault-title-large = This is too much
fault-large = The form is larger than it may be. Nothing was changed.
fault-title-slow = This took too long
fault-slow = The form did not arrive in time. Nothing was changed. Try again where the line is better.
fault-title-failed = The node could not do it
fault-failed = Nothing was changed. Try again; if it stays so, tell your admin what is said here.
fault-title-restored = The node waits for a peer
fault-restored = It was restored from a backup and has not been in sync since: what was erased meanwhile could be shown again. Ask your admin to look at “hospes status”.
fault-title-refused = This was not done
fault-home = To the first page
sealed-title = The node is sealed
sealed-text = Nothing can be read here until an admin opens it, and nobody else can. Call your admin. Until then work with what is on paper, or ask another center by telephone.
sealed-admin = For the admin: on the machine of the node run
empty-title = There is no center here
empty-text = It was not made yet, or it was wiped. Ask your admin.

## Opening hours
hours-open = Open now.
hours-open-until = Open now, until { $time }.
hours-closed = Closed now.
hours-opens-today = Closed now. Opens today at { $time }.
hours-opens-tomorrow = Closed now. Opens tomorrow at { $time }.
hours-opens-on = Closed now. Opens on { $day } at { $time }.
