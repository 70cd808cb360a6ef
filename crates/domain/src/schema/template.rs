//! The fields of a legal template: the work, its version, one expression per language.

use super::FieldType::{
    Area, Body, Center, Choice, Date, Digest, Flag, Instant, Integer, Key, List, PerLanguage, Set,
    Struct, Text, Url,
};
use super::{Field, FieldType, Schema, Weight};
use crate::Kind;

const TITLE: FieldType = Text { max_chars: 200, lint: false, lines: false };
static TITLE_TEXT: FieldType = TITLE;
static HELP_TEXT: FieldType = Text { max_chars: 500, lint: false, lines: true };
static DIGEST: FieldType = Digest;
static CENTER: FieldType = Center;
static TOPIC: FieldType = Key { max_chars: 40, separator: '_' };
static BASIS: FieldType = Text { max_chars: 300, lint: false, lines: false };
static CHOICE: FieldType = Struct(&[
    Field::new("key", "Key", "What is stored.", Key { max_chars: 40, separator: '_' }).required(),
    Field::new(
        "label",
        "Label",
        "What is shown.",
        PerLanguage { of: &TITLE_TEXT, max: FieldType::MAX_LANGUAGES },
    ),
]);

static APPROVAL: FieldType = Struct(&[
    Field::new("center", "Center", "Who approved.", Center).required(),
    Field::new(
        "role",
        "Role",
        "In which role.",
        Choice(&["author", "lawyer", "translator", "reviewer"]),
    )
    .required(),
    Field::new(
        "heads",
        "Heads",
        "Which state of the text was approved.",
        List { of: &DIGEST, max: 16 },
    ),
    Field::new("on", "On", "When.", Instant).required(),
]);

static EXPRESSION: FieldType = Struct(&[
    Field::new(
        "role",
        "Role",
        "Whether this language counts before an authority.",
        Choice(&["authoritative", "translation", "convenience"]),
    )
    .required(),
    Field::new(
        "translation_status",
        "Translation",
        "How far one may trust the translation.",
        Choice(&["machine", "human_draft", "human_reviewed", "sworn"]),
    ),
    Field::new(
        "source_hashes",
        "Source segments",
        "For each segment, the digest of the source segment that it translates. \
         How much is up to date is computed from it.",
        List { of: &DIGEST, max: 2_000 },
    ),
]);

static PLACEHOLDER: FieldType = Struct(&[
    Field::new(
        "key",
        "Key",
        "The name in the text, as in {{ key }}.",
        Key { max_chars: 40, separator: '_' },
    )
    .required(),
    Field::new(
        "type",
        "Type",
        "What is filled in.",
        Choice(&[
            "text",
            "long_text",
            "person_name",
            "date",
            "country",
            "language",
            "address",
            "phone",
            "money",
            "choice",
            "yes_no",
            "list",
            "signature",
            "place_date",
        ]),
    )
    .required(),
    Field::new(
        "label",
        "Label",
        "What the person is asked.",
        PerLanguage { of: &TITLE_TEXT, max: FieldType::MAX_LANGUAGES },
    ),
    Field::new(
        "help",
        "Help",
        "How to answer.",
        PerLanguage { of: &HELP_TEXT, max: FieldType::MAX_LANGUAGES },
    ),
    Field::new("required", "Required", "Whether it must be filled.", Flag),
    Field::new("max_len", "Longest answer", "Characters at most.", Integer { min: 1, max: 20_000 }),
    Field::new("example", "Example", "An invented example.", TITLE),
    Field::new(
        "sensitive",
        "Sensitive",
        "The answer could harm the person: it is hidden on screen.",
        Flag,
    ),
    Field::new(
        "name_form",
        "Form of the name",
        "Which form of a name the authority wants.",
        Choice(&["as_in_passport", "native_script", "both"]),
    ),
    Field::new("choices", "Choices", "The answers to choose from.", List { of: &CHOICE, max: 60 }),
]);

/// What a legal template may hold.
pub(super) static SCHEMA: Schema = Schema {
    kind: Kind::Template,
    about: "A legal text with placeholders in several languages, and the law it rests on. \
            What is filled in never leaves the node.",
    fields: &[
        Field::new(
            "slug",
            "Short name",
            "The name in commands and files.",
            Key { max_chars: 80, separator: '-' },
        )
        .required(),
        Field::new(
            "title",
            "Title",
            "What the document is called.",
            PerLanguage { of: &TITLE_TEXT, max: FieldType::MAX_LANGUAGES },
        )
        .required()
        .searched(Weight::Title),
        Field::new(
            "doc_type",
            "Kind of document",
            "What it is.",
            Choice(&[
                "application",
                "appeal",
                "statement",
                "power_of_attorney",
                "letter",
                "complaint",
                "checklist",
                "fact_sheet",
            ]),
        )
        .required(),
        Field::new("jurisdiction", "Jurisdiction", "Whose law it is.", Area).required(),
        Field::new("forum", "Office or court", "Where it is handed in.", TITLE)
            .searched(Weight::Text),
        Field::new("topics", "Topics", "What it is about.", List { of: &TOPIC, max: 20 })
            .searched(Weight::Text),
        Field::new(
            "audience",
            "Audience",
            "Who works with it.",
            Set(&["counselee", "lawyer", "counselor"]),
        ),
        Field::new(
            "requires",
            "Requires",
            "What else is needed.",
            Struct(&[
                Field::new("notary", "Notary", "A notary has to certify it.", Flag),
                Field::new(
                    "sworn_translation",
                    "Sworn translation",
                    "A sworn translation has to be added.",
                    Flag,
                ),
                Field::new("fee", "Fee", "There is a fee.", Flag),
                Field::new(
                    "deadline_days",
                    "Deadline",
                    "Days until it has to be handed in.",
                    Integer { min: 0, max: 3_650 },
                ),
            ]),
        ),
        Field::new(
            "original_form",
            "Original form",
            "The official form that it follows.",
            Struct(&[
                Field::new("url", "Web page", "Where the authority publishes it.", Url).required(),
                Field::new("published_on", "Published on", "When it was published.", Date),
            ]),
        ),
        Field::new(
            "number",
            "Version",
            "The number of the version.",
            Integer { min: 1, max: 1_000_000 },
        )
        .required(),
        Field::new("law_as_of", "Law as of", "The day whose law it follows.", Date),
        Field::new(
            "legal_basis",
            "Legal basis",
            "Laws and judgments: ELI, ECLI or text.",
            List { of: &BASIS, max: 40 },
        ),
        Field::new(
            "change_note",
            "Change note",
            "What changed in this version.",
            Text { max_chars: 1_000, lint: true, lines: true },
        ),
        Field::new(
            "status",
            "Status",
            "Whether it may be used.",
            Choice(&["draft", "in_review", "approved", "withdrawn", "superseded"]),
        )
        .required(),
        Field::new(
            "status_reason",
            "Reason",
            "Why it was withdrawn, or by what it was superseded.",
            Text { max_chars: 280, lint: true, lines: true },
        ),
        Field::new(
            "approvals",
            "Approvals",
            "Who approved which state of the text.",
            List { of: &APPROVAL, max: 20 },
        ),
        Field::new("review_due", "Review due", "After this day it is shown as stale.", Date),
        Field::new(
            "expressions",
            "Languages",
            "What each language's text is worth.",
            PerLanguage { of: &EXPRESSION, max: FieldType::MAX_LANGUAGES },
        ),
        Field::new(
            "body",
            "Text",
            "CommonMark with placeholders such as {{ key }}.",
            Body { max_chars: 200_000 },
        )
        .searched(Weight::Text),
        Field::new(
            "placeholders",
            "Placeholders",
            "What is filled in. Every language must use all of them before approval.",
            List { of: &PLACEHOLDER, max: 200 },
        ),
        Field::new(
            "maintainers",
            "Co-maintainers",
            "Other centers that may change this template.",
            List { of: &CENTER, max: 8 },
        ),
    ],
    forbidden: &[
        "answers",
        "filled",
        "filled_documents",
        "client",
        "clients",
        "counselee",
        "case",
        "case_number",
        "counselor",
        "author_name",
        "last_modified_by",
        "passport",
        "nationality",
        "religion",
        "photo",
    ],
};
