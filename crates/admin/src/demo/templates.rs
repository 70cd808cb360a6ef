//! Sample legal templates in English, Russian and Ukrainian.

use hospes_domain::{CenterId, Fields, Timestamp, Value};

use super::placeholders::{self, Placeholder};
use super::places::DemoCenter;
use super::sheet::{Sheet, map};

/// The languages of every sample, in the order of all texts below.
pub(super) const LANGUAGES: [&str; 3] = ["en", "ru", "uk"];

/// The templates of a center, each with the name under which it is imported. `maintainers` may
/// change them too.
pub fn templates(
    center: DemoCenter,
    maintainers: &[CenterId],
    now: Timestamp,
) -> Vec<(String, Fields)> {
    TEMPLATES
        .iter()
        .filter(|template| template.center == center)
        .map(|template| (template.slug.to_owned(), template.fields(maintainers, now)))
        .collect()
}

struct Template {
    center: DemoCenter,
    slug: &'static str,
    titles: [&'static str; 3],
    doc_type: &'static str,
    jurisdiction: &'static str,
    forum: &'static str,
    topics: &'static [&'static str],
    audience: &'static [&'static str],
    legal_basis: &'static [&'static str],
    law_as_of: &'static str,
    bodies: [&'static str; 3],
    placeholders: &'static [Placeholder],
}

impl Template {
    fn fields(&self, maintainers: &[CenterId], now: Timestamp) -> Fields {
        let mut sheet = Sheet::default();
        sheet.put("slug", self.slug);
        sheet.put_map("title", LANGUAGES.into_iter().zip(self.titles));
        sheet.put("doc_type", self.doc_type);
        sheet.put("jurisdiction", self.jurisdiction);
        sheet.put("forum", self.forum);
        sheet.put_list("topics", self.topics.iter().copied().map(Value::from).collect());
        sheet.put_set("audience", self.audience.to_vec());
        sheet.put("number", 1);
        sheet.put("law_as_of", self.law_as_of);
        sheet.put_list("legal_basis", self.legal_basis.iter().copied().map(Value::from).collect());
        sheet.put("change_note", "First sample. No lawyer has approved it.");
        // Never "approved": a sample that looks approved would be used.
        sheet.put("status", "in_review");
        let due = now.plus(180 * Timestamp::DAY).to_string();
        sheet.put("review_due", due.split('T').next().unwrap_or_default());
        let expressions = LANGUAGES.into_iter().map(|tag| (tag, expression(tag)));
        sheet.put_map("expressions", expressions);
        sheet.put_map("body", LANGUAGES.into_iter().zip(self.bodies.map(str::trim)));
        let placeholders = self.placeholders.iter().map(Placeholder::value).collect();
        sheet.put_list("placeholders", placeholders);
        let maintainers = maintainers.iter().map(|center| Value::from(center.to_string()));
        sheet.put_list("maintainers", maintainers.collect());
        sheet.into_fields()
    }
}

fn expression(tag: &str) -> Value {
    if tag == "en" {
        map([("role", "authoritative")])
    } else {
        map([("role", "translation"), ("translation_status", "human_draft")])
    }
}

static TEMPLATES: [Template; 3] = [
    Template {
        center: DemoCenter::Narva,
        slug: "conscientious-objection",
        titles: [
            "Statement of conscientious objection",
            "Заявление об отказе от военной службы по убеждениям совести",
            "Заява про відмову від військової служби з переконань совісті",
        ],
        doc_type: "statement",
        jurisdiction: "COE",
        forum: "Draft board, commander or court",
        topics: &["conscientious_objection", "military_law"],
        audience: &["counselee", "counselor", "lawyer"],
        legal_basis: &[
            "International Covenant on Civil and Political Rights, Articles 4 and 18",
            "Human Rights Committee, General Comment No. 22 (1993), paragraph 11",
            "European Convention on Human Rights, Article 9",
            "ECLI:CE:ECHR:2011:0707JUD002345903 (Bayatyan v. Armenia)",
        ],
        law_as_of: "2026-09-01",
        bodies: [
            include_str!("templates/objection.en.md"),
            include_str!("templates/objection.ru.md"),
            include_str!("templates/objection.uk.md"),
        ],
        placeholders: placeholders::OBJECTION,
    },
    Template {
        center: DemoCenter::Riga,
        slug: "asylum-cover-letter",
        titles: [
            "Cover letter to an application for international protection",
            "Сопроводительное письмо к ходатайству о международной защите",
            "Супровідний лист до клопотання про міжнародний захист",
        ],
        doc_type: "letter",
        jurisdiction: "EU",
        forum: "Authority that decides on asylum",
        topics: &["asylum", "conscientious_objection"],
        audience: &["counselor", "lawyer"],
        legal_basis: &[
            "Convention relating to the Status of Refugees (1951), Articles 1 A (2) and 33",
            "Regulation (EU) 2024/1347, Article 9 (2)",
            "ECLI:EU:C:2020:945 (C-238/19, EZ)",
            "European Convention on Human Rights, Article 3",
        ],
        law_as_of: "2026-09-01",
        bodies: [
            include_str!("templates/asylum.en.md"),
            include_str!("templates/asylum.ru.md"),
            include_str!("templates/asylum.uk.md"),
        ],
        placeholders: placeholders::ASYLUM,
    },
    Template {
        center: DemoCenter::Tbilisi,
        slug: "host-agreement",
        titles: [
            "Agreement between a host and guests",
            "Соглашение между принимающей стороной и гостями",
            "Угода між господарем і гостями",
        ],
        doc_type: "letter",
        jurisdiction: "UN",
        forum: "Between host and guests",
        topics: &["housing"],
        audience: &["counselee", "counselor"],
        legal_basis: &["Law of the place on leases and on guests: to be added by a lawyer"],
        law_as_of: "2026-09-01",
        bodies: [
            include_str!("templates/hosting.en.md"),
            include_str!("templates/hosting.ru.md"),
            include_str!("templates/hosting.uk.md"),
        ],
        placeholders: placeholders::HOSTING,
    },
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use hospes_domain::{Kind, schema::schema};

    use super::*;

    fn all() -> Vec<(String, Fields)> {
        let now = "2026-11-23T19:40:00Z".parse().unwrap();
        let maintainers = [CenterId([0xab; 32])];
        DemoCenter::ALL
            .into_iter()
            .flat_map(|center| templates(center, &maintainers, now))
            .collect()
    }

    #[test]
    fn every_template_passes_the_strict_check() {
        assert_eq!(all().len(), 3);
        for (slug, fields) in all() {
            let found = schema(Kind::Template).check(&fields);
            assert!(found.is_empty(), "{slug}: {found:?}");
        }
    }

    #[test]
    fn every_language_uses_all_placeholders_as_an_approval_would_demand() {
        for (slug, mut fields) in all() {
            fields.insert("status".to_owned(), "approved".into());
            let found = schema(Kind::Template).check(&fields);
            assert!(found.is_empty(), "{slug}: {found:?}");
        }
    }

    #[test]
    fn every_text_has_40_to_80_lines_and_the_same_headings_in_every_language() {
        for template in &TEMPLATES {
            for body in template.bodies {
                assert!((40..=80).contains(&body.lines().count()), "{}", template.slug);
            }
            let headings = template
                .bodies
                .map(|body| body.lines().filter(|line| line.starts_with('#')).count());
            assert_eq!(headings, [headings[0]; 3], "{}", template.slug);
            let paragraphs = template.bodies.map(|body| body.split("\n\n").count());
            assert_eq!(paragraphs, [paragraphs[0]; 3], "{}", template.slug);
        }
    }

    #[test]
    fn every_text_says_that_it_is_a_sample() {
        for template in &TEMPLATES {
            for (body, word) in template.bodies.iter().zip(["Sample", "Образец", "Зразок"])
            {
                assert!(body.contains(&format!("*{word}")), "{}", template.slug);
            }
        }
    }
}
