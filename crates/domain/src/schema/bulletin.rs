//! The fields of a bulletin: a subset of OASIS CAP 1.2.

use super::FieldType::{Area, Choice, Instant, List, PerLanguage, RecordRef, Struct, Text, Url};
use super::{Field, FieldType, Schema, Weight};
use crate::Kind;

static REFERENCE: FieldType = RecordRef;
static TEXTS: FieldType = Struct(&[
    Field::new(
        "headline",
        "Headline",
        "What happened, in one line.",
        Text { max_chars: 120, lint: true, lines: false },
    )
    .required()
    .searched(Weight::Title),
    Field::new(
        "description",
        "Description",
        "The facts, and who published them. No advice on routes.",
        Text { max_chars: 2_000, lint: true, lines: true },
    )
    .searched(Weight::Text),
    Field::new(
        "instruction",
        "Instruction",
        "What counselors should do.",
        Text { max_chars: 500, lint: true, lines: true },
    )
    .searched(Weight::Text),
]);

/// What a bulletin may hold.
pub(super) static SCHEMA: Schema = Schema {
    kind: Kind::Bulletin,
    about: "A dated notice: a closed border point, a new law, a scam. It reports published facts, \
            and it always ends: an expired bulletin is never shown as current.",
    fields: &[
        Field::new("sent", "Sent", "When it was written.", Instant).required(),
        Field::new(
            "status",
            "Status",
            "Whether it is real.",
            Choice(&["actual", "exercise", "test"]),
        )
        .required(),
        Field::new(
            "msg_type",
            "Message",
            "Whether it is new, or changes or ends earlier ones.",
            Choice(&["alert", "update", "cancel"]),
        )
        .required(),
        Field::new(
            "references",
            "References",
            "The bulletins that it changes or ends.",
            List { of: &REFERENCE, max: 20 },
        ),
        Field::new(
            "category",
            "Category",
            "What it is about.",
            Choice(&[
                "border_notice",
                "authority",
                "hotline",
                "safety",
                "legal_change",
                "network",
                "scam",
            ]),
        )
        .required(),
        Field::new(
            "urgency",
            "Urgency",
            "How soon one has to act.",
            Choice(&["immediate", "expected", "future", "past"]),
        )
        .required(),
        Field::new(
            "severity",
            "Severity",
            "How bad it is.",
            Choice(&["extreme", "severe", "moderate", "minor"]),
        )
        .required(),
        Field::new(
            "certainty",
            "Certainty",
            "How sure it is.",
            Choice(&["observed", "likely", "possible", "unlikely"]),
        )
        .required(),
        Field::new("effective", "Effective", "From when the bulletin counts.", Instant),
        Field::new("onset", "Onset", "When the event is expected to begin.", Instant),
        Field::new(
            "expires",
            "Expires",
            "When it ends: 7 days after it was sent unless set, at most 30 days.",
            Instant,
        )
        .required(),
        Field::new(
            "areas",
            "Areas",
            "Countries and regions that it is about.",
            List { of: &Area, max: 60 },
        ),
        Field::new(
            "texts",
            "Texts",
            "What it says, per language.",
            PerLanguage { of: &TEXTS, max: FieldType::MAX_LANGUAGES },
        )
        .required(),
        Field::new(
            "source",
            "Source",
            "Where it is known from.",
            Choice(&["first_hand", "official_url", "media", "secondhand"]),
        )
        .required(),
        Field::new("source_url", "Source page", "The page that says it.", Url),
    ],
    forbidden: &[
        "sender_name",
        "author",
        "author_name",
        "contact",
        "contacts",
        "phone",
        "phones",
        "email",
        "route",
        "routes",
        "crossing",
        "coordinates",
        "latitude",
        "longitude",
        "polygon",
        "circle",
        "witness",
        "photo",
    ],
};
