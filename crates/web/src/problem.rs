//! What is wrong with a field, in the language of whoever has filled it in.

use hospes_domain::Kind;
use hospes_domain::lint::{Finding, Suspicion};
use hospes_domain::validate::{Problem, Rule, Violation};

use crate::text::Texts;

/// Fields whose problems are told at another one, which is what people fill in.
const ELSEWHERE: [(&str, &str); 3] =
    [("country", "near_town"), ("region", "near_town"), ("time_zone", "near_town")];

/// The top-level field at which a violation is told.
pub(crate) fn field_of(violation: &Violation) -> &str {
    let path = violation.field.as_str();
    let field = path.split(['.', '[']).next().unwrap_or(path);
    ELSEWHERE.iter().find(|(from, _)| *from == field).map_or(field, |(_, to)| to)
}

/// A violation in words. What is within a field, such as one night of a calendar, is named before it, unless
/// it is told at a control of its own.
pub(crate) fn said(t: &Texts, kind: Kind, violation: &Violation, own: bool) -> String {
    let text = problem(t, kind, &violation.problem);
    match violation.field.split_once(['.', '[']) {
        Some((_, part)) if !own => format!("{}: {text}", part.trim_end_matches(']')),
        _ => text,
    }
}

/// A problem in words.
pub(crate) fn problem(t: &Texts, kind: Kind, problem: &Problem) -> String {
    match problem {
        Problem::Missing => t.problem_missing(),
        Problem::Unknown { .. } => t.problem_unknown(),
        Problem::Forbidden => t.problem_forbidden(),
        Problem::TooLong { max, actual } => t.problem_long(*actual, *max),
        Problem::TooLarge { max, .. } => t.problem_large(*max),
        Problem::TooMany { max, actual } => t.problem_many(*actual, *max),
        Problem::OutOfRange { min, max, .. } => t.problem_range(*min, *max),
        Problem::NotOneOf { found, .. } => t.problem_choice(found),
        Problem::NotA { what, found } => t.problem_not_a(found, example(what)),
        Problem::NotCanonical { expected, .. } => t.problem_form(expected),
        Problem::ControlCharacter { at, .. }
        | Problem::BidiOverride { at, .. }
        | Problem::HiddenSign { at, .. } => t.problem_hidden(*at),
        Problem::Unreadable { at, .. } => t.problem_unreadable(*at),
        // A form gives each shape and order itself.
        Problem::WrongShape { .. } | Problem::NotNormalized | Problem::NotSorted => {
            t.problem_shape()
        }
        Problem::Lint(finding) => lint(t, finding),
        Problem::Rule(rule) => broken(t, kind, rule),
        Problem::Asked(sentence) => sentence.clone(),
    }
}

/// "a date such as 2026-11-23": only the example, which needs no language.
fn example(what: &str) -> &str {
    match what.split_once("such as ") {
        Some((_, example)) => example,
        // All others are numbers, words of a choice, or written by the form itself.
        None => "2",
    }
}

fn lint(t: &Texts, finding: &Finding) -> String {
    let what = match finding.what {
        Suspicion::Phone => t.lint_phone(),
        Suspicion::Email => t.lint_email(),
        Suspicion::Street => t.lint_street(),
        Suspicion::Handle => t.lint_handle(),
        Suspicion::Coordinates => t.lint_coordinates(),
        Suspicion::Passport => t.lint_passport(),
        Suspicion::Name => t.lint_name(),
    };
    t.problem_lint(what, finding.excerpt.as_str())
}

fn broken(t: &Texts, kind: Kind, rule: &Rule) -> String {
    let label = |field: &str| t.field(kind, field);
    match rule {
        Rule::NoZone { of } => t.rule_zone(label(of)),
        Rule::OtherCountry { region, country } => {
            t.rule_country(region, t.word("country", country))
        }
        Rule::Above { other, actual, limit } => t.rule_above(*actual, label(other), *limit),
        Rule::NoEndOfPause => t.rule_pause(),
        Rule::NoPrice { cost } => t.rule_price(t.word("cost", cost)),
        Rule::NoLanguageOfNote => t.rule_note_language(),
        Rule::AddressOfNoPlace => t.rule_address(),
        Rule::NotAfter { other } => t.rule_after(label(other)),
        Rule::LivesTooLong { days } => t.rule_life(*days),
        Rule::NoReference => t.rule_reference(),
        Rule::NoSourcePage => t.rule_source_page(),
        Rule::DeclaredTwice => t.rule_twice(),
        Rule::NoChoices => t.rule_choices(),
        Rule::NothingToApprove => t.rule_nothing_to_approve(),
        Rule::Unused { keys } => t.rule_unused(keys),
        Rule::Undeclared { keys } => t.rule_undeclared(keys),
        Rule::NotFillable { found } => t.rule_not_fillable(found),
        Rule::InFuture { today } => t.rule_future(today),
        Rule::SmallTown { name, smallest, .. } => t.rule_small_town(name, *smallest),
        Rule::NoTown { .. } => t.rule_no_town(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    fn told(tag: &str, field: &str, problem: Problem) -> String {
        let violation = Violation { field: field.to_owned(), problem };
        said(Texts::of(tag).unwrap(), Kind::Offer, &violation, false)
    }

    #[test]
    fn a_problem_is_told_in_the_language_of_the_person() {
        let range = Problem::OutOfRange { min: 1, max: 200, actual: 500 };
        assert_eq!(told("en", "sleeps", range.clone()), "It must be from 1 to 200.");
        assert_eq!(told("ru", "sleeps", range), "Должно быть от 1 до 200.");
        let above = Problem::Rule(Rule::Above { other: "sleeps", actual: 9, limit: 2 });
        let night = told("en", "calendar.2026-12-01", above);
        assert!(night.starts_with("2026-12-01: ") && night.contains("9"), "{night}");
    }

    #[test]
    fn what_a_lint_found_is_quoted() {
        let finding = Finding { what: Suspicion::Phone, excerpt: "+372 555 1234".to_owned() };
        let text = told("fi", "note", Problem::Lint(finding));
        assert!(text.contains("+372 555 1234"), "{text}");
    }

    #[test]
    fn what_is_wrong_with_a_place_is_told_at_its_town() {
        let at = |field: &str| {
            let violation = Violation { field: field.to_owned(), problem: Problem::Missing };
            field_of(&violation).to_owned()
        };
        assert_eq!(at("country"), "near_town");
        assert_eq!(at("phones[2].number"), "phones");
        assert_eq!(at("sleeps"), "sleeps");
    }
}
