# Forms of records, and those of offers.

entry-wrong = { $count ->
    [one] One thing is to be mended. Nothing was saved yet.
   *[other] { $count } things are to be mended. Nothing was saved yet.
}
entry-not-said = not said
entry-yes = yes
entry-no = no
entry-other-language = Another language
entry-other-language-wrong = “{ $found }” is no language that is known here. Write its name in English or in itself, or its tag, such as kk.
entry-level = How well
entry-override = I have looked at it: this tells nobody who or where somebody is
entry-override-help = Your name and this decision are written to the audit log.
entry-save = Save
entry-leave = Leave it as it was
entry-changed-meanwhile = Somebody has changed this record so much meanwhile that both cannot be put together. Below is what you typed. Look at the record as it is now; if you save again, what you typed counts.
entry-now = The record as it is now

offers-none = There is no offer of your center yet. Make one here, or let your admin import a list.
offers-new = Make an offer
offers-change = Change
offers-made = The offer is made. Other centers of your circle see it in a moment.
offers-rare = The offer is saved. Fewer than three offers look like it, so it may tell where the host lives: a larger town or fewer details hide it.
offers-changed = The offer is changed.
offers-paused = The offer is paused.
offers-resumed = The offer is active again.
offers-withdrawn = The offer is out of use. What was noted freely is gone from it.
offers-not-ours = This offer is of another center. Only that center changes it.

offer-new-title = A new offer
offer-edit-title = Change an offer
offer-nobody = No name, no telephone number, no address: all centers of the circle can read it. Whom to call stands on paper with you.
offer-section-where = Where
offer-section-place = The place
offer-section-guests = Who is welcome
offer-section-languages = Languages of the host
offer-section-nights = When
offer-section-rules = Rules and cost
offer-section-known = How well we know the host
offer-section-note = Note
offer-town-help = The nearest town of 20,000 people or more, in any script. Never the village itself.
offer-town-needed = Say a town. Country and time zone follow from it.
offer-sleeps-help = How many people can sleep there.
offer-latest-help = Such as 22:30. Empty: until six in the morning.
offer-note-help = What a counselor should know. At most 280 signs.
offer-expires-help = Empty: 30 days after the host last said yes.
offer-date-help = Such as 2026-12-24 or 24.12.
offer-confirmed-by-help = An offer that nobody confirms is shown as old after two weeks.

nights-caption = Free places, night by night
nights-help = A night is the date of its evening. Empty: not free.
nights-free = { $night }: free places
nights-many = Many nights at once
nights-from = From
nights-until = Until
nights-places = Free places
nights-many-wrong = Say from when, until when and how many places: nights from tonight on, at most 120.
nights-after = { $count ->
    [one] After these weeks 1 night more is free, on { $last }.
   *[other] After these weeks { $count } nights more are free, the last on { $last }.
}
weekday-1 = Mo
weekday-2 = Tu
weekday-3 = We
weekday-4 = Th
weekday-5 = Fr
weekday-6 = Sa
weekday-7 = Su

offer-pause-title = Pause
offer-pause-about = No search finds it until that day. From then on it is active again.
offer-pause-until = Paused until
offer-pause-go = Pause
offer-pause-wrong = Say a day after today, such as 2026-12-24 or 24.12.
offer-resume = It is active again
offer-withdraw-title = Take it out of use
offer-withdraw-about = No search finds it any more, and what was noted freely is taken out of it. It stays in the list, and can be made active again.
offer-withdraw-go = Take it out of use
