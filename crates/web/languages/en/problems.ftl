# What is wrong with a field. Each is told at the field itself.

problem-missing = This is needed.
problem-unknown = This version does not know such a field.
problem-forbidden = This must never be in a shared record.
problem-long = This has { $actual } signs; at most { $max } are allowed.
problem-large = This is larger than { $max } bytes.
problem-many = These are { $actual }; at most { $max } are allowed.
problem-range = It must be from { $min } to { $max }.
problem-choice = “{ $found }” is none of the choices.
problem-not-a = “{ $found }” cannot be read. Write it as { $example }.
problem-form = Write it as “{ $expected }”.
problem-hidden = There is a hidden sign at character { $at }. Type the text anew instead of copying it.
problem-unreadable = This cannot be read from character { $at } on.
problem-shape = This is not as it must be. Load the page anew, and fill it in once more.
problem-lint = All centers of the circle can read this. It looks like { $what }: “{ $excerpt }”. Leave it out.

lint-phone = a phone number
lint-email = an e-mail address
lint-street = a street
lint-handle = a name in a messenger
lint-coordinates = a place on the map
lint-passport = the number of an identity document
lint-name = the name of a person

rule-zone = Say the town: without it nobody knows when “{ $of }” is.
rule-country = { $region } is not in { $country }.
rule-above = It is { $actual }, more than “{ $other }”, which is { $limit }.
rule-pause = Say until when.
rule-price = This is needed, because of “{ $cost }”.
rule-note-language = Say in which language the note is.
rule-address = There is an address only where one meets at a place.
rule-after = It must be after “{ $other }”.
rule-life = It must end at most { $days } days after it was sent.
rule-reference = Say which bulletins it changes or ends.
rule-source-page = Give the address of the official page.
rule-twice = There are two of this name.
rule-choices = Say what there is to choose from.
rule-nothing-to-approve = There is no text to approve.
rule-unused = These placeholders are not used: { $keys }.
rule-undeclared = These placeholders are used and not declared: { $keys }.
rule-not-fillable = “{ $found }” is no placeholder.
rule-future = This is in the future; today is { $today }.
rule-small-town = { $name } has fewer than { $smallest } people: there a host would be found. Take a larger town nearby.
rule-no-town = No such town is known here.
