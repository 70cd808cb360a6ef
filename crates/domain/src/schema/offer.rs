//! The fields of a host offer.

use super::FieldType::{
    Choice, Clock, Country, Currency, Date, Flag, Instant, Integer, Language, Languages, Money,
    Nights, Region, Set, Text, TimeZone, Town,
};
use super::{Field, Schema, Weight};
use crate::Kind;

const ANIMALS: &[&str] = &["dog", "cat", "small_caged", "assistance_dog"];

/// What a host offer may hold.
pub(super) static SCHEMA: Schema = Schema {
    kind: Kind::Offer,
    about: "A host's offer of beds: coarse enough that nobody finds the home by it. \
            The host's name, address and phone are never part of it.",
    fields: &[
        Field::new("country", "Country", "Where the place is.", Country).required(),
        Field::new(
            "region",
            "Region",
            "Where the place is, where the country has such regions.",
            Region,
        ),
        Field::new("near_town", "Near town", "The nearest town of at least 20,000 people.", Town),
        Field::new(
            "travel_band",
            "Minutes from town",
            "How long it takes to get there from that town, in minutes.",
            Choice(&["<=15", "15-30", "30-60", "60-120", ">120"]),
        ),
        Field::new(
            "time_zone",
            "Time zone",
            "The zone in which nights and times of day are meant.",
            TimeZone,
        ),
        Field::new(
            "place_type",
            "Kind of place",
            "What guests sleep in.",
            Choice(&[
                "private_room",
                "shared_room",
                "sofa",
                "whole_flat",
                "whole_house",
                "dormitory",
                "community_center",
            ]),
        )
        .required(),
        Field::new(
            "sleeps",
            "Sleeps",
            "How many people can sleep there.",
            Integer { min: 1, max: 200 },
        )
        .required(),
        Field::new(
            "max_parties",
            "Parties at most",
            "How many groups of people who travel together it takes at the same time.",
            Integer { min: 1, max: 255 },
        ),
        Field::new(
            "party_accepts",
            "Accepts",
            "Which guests are welcome.",
            Set(&[
                "single_man",
                "single_woman",
                "couple",
                "family_with_children",
                "several_adults",
            ]),
        ),
        Field::new("women_only", "Women only", "Only women are hosted.", Flag),
        Field::new(
            "child_ages_ok",
            "Children",
            "Ages in years of the children that can be hosted.",
            Set(&["0-2", "3-5", "6-12", "13-17"]),
        ),
        Field::new("cot", "Cot", "There is a bed for a baby.", Flag),
        Field::new("pets_ok", "Pets welcome", "Animals that guests may bring.", Set(ANIMALS)),
        Field::new(
            "animals_present",
            "Animals there",
            "Animals that live there: some guests have an allergy or are afraid.",
            Set(ANIMALS),
        ),
        Field::new(
            "step_free",
            "Without steps",
            "Whether the rooms can be reached and used without steps.",
            Choice(&["all", "some", "none", "unknown"]),
        ),
        Field::new("lift", "Lift", "There is a lift. Leave it out if it does not matter.", Flag),
        Field::new(
            "bathroom",
            "Bathroom",
            "Whether guests have a bathroom to themselves.",
            Choice(&["private", "shared"]),
        ),
        Field::new("languages", "Languages", "Languages the host speaks, and how well.", Languages),
        Field::new(
            "household",
            "Household",
            "Whether the host lives in the same place.",
            Choice(&["lives_in", "lives_elsewhere"]),
        ),
        Field::new(
            "smoking",
            "Smoking",
            "Whether guests may smoke.",
            Choice(&["no", "outside", "yes"]),
        ),
        Field::new(
            "notice",
            "Notice",
            "How long before arrival the host must be asked.",
            Choice(&["now", "4h", "24h", "48h", "week"]),
        ),
        Field::new(
            "latest_arrival",
            "Latest arrival",
            "Until when guests may arrive, in the time zone of the place; without it until six in the \
             morning.",
            Clock,
        ),
        Field::new("night_calls_ok", "Calls at night", "The host may be called at night.", Flag),
        Field::new(
            "min_nights",
            "Nights at least",
            "The shortest stay, in nights.",
            Integer { min: 1, max: 65_535 },
        ),
        Field::new(
            "max_nights",
            "Nights at most",
            "The longest stay, in nights.",
            Integer { min: 1, max: 65_535 },
        ),
        Field::new(
            "calendar",
            "Calendar",
            "Free places per night. A night is the date of its evening.",
            Nights { max: 120 },
        ),
        Field::new(
            "cost",
            "Cost",
            "Whether guests pay.",
            Choice(&["free", "contribution", "rent"]),
        ),
        Field::new("amount", "Amount", "What guests pay per night.", Money),
        Field::new("currency", "Currency", "The currency of the amount.", Currency),
        Field::new(
            "address_registration",
            "Address registration",
            "Whether guests may register the address as theirs at the authorities.",
            Choice(&["yes", "no", "unknown"]),
        ),
        Field::new(
            "pickup",
            "Pick-up",
            "Whether the host picks guests up, and where.",
            Choice(&["no", "station", "town"]),
        ),
        Field::new(
            "vetting",
            "Vetting",
            "How the steward got to know the host.",
            Choice(&["none", "phone", "video", "home_visit"]),
        ),
        Field::new("vetted_on", "Vetted on", "When the host was last vetted.", Date),
        Field::new(
            "vetting_references",
            "References",
            "How many people vouched for the host.",
            Integer { min: 0, max: 255 },
        ),
        Field::new(
            "confirmed_at",
            "Confirmed at",
            "When it was last known to be true. After 14 days the offer is shown as stale, \
             after 30 days no search finds it, after 90 days it is over.",
            Instant,
        )
        .required(),
        Field::new(
            "confirmed_by",
            "Confirmed by",
            "How it came to be known.",
            Choice(&["host_call", "host_form", "steward_guess"]),
        )
        .required(),
        Field::new(
            "status",
            "Status",
            "Whether guests can be placed now.",
            Choice(&["active", "paused", "full", "withdrawn"]),
        )
        .required(),
        Field::new("paused_until", "Paused until", "The day from which it is active again.", Date),
        Field::new(
            "expires_on",
            "Expires on",
            "The last day of the offer; 30 days after the confirmation unless set.",
            Date,
        ),
        Field::new(
            "note",
            "Note",
            "What a counselor should know. All centers of the circle can read it: \
             no names, no phones, no addresses.",
            Text { max_chars: 280, lint: true, lines: true },
        )
        .searched(Weight::Text),
        Field::new(
            "note_language",
            "Language of the note",
            "What the note is written in.",
            Language,
        ),
    ],
    forbidden: &[
        "name",
        "host_name",
        "first_name",
        "last_name",
        "contact",
        "contacts",
        "phone",
        "phones",
        "email",
        "handle",
        "telegram",
        "signal",
        "address",
        "street",
        "house_number",
        "postal_code",
        "door",
        "door_code",
        "floor",
        "latitude",
        "longitude",
        "coordinates",
        "arrival_instructions",
        "consent",
        "vetting_notes",
        "refusals",
        "refused_guests",
        "complaints",
        "guests",
        "photo",
        "photos",
        "passport",
        "identity_document",
        "nationality",
        "religion",
        "politics",
        "ip_address",
        "user_agent",
    ],
};
