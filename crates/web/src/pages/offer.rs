//! One offer of our own center: to be made, changed, paused, and taken out of use.

use std::sync::Arc;

use askama::Template;
use hospes_desk::night::{night, tonight};
use hospes_desk::shown::{How, Saved, Shown, Warning};
use hospes_desk::{Reason, Refused};
use hospes_domain::edit::Edit;
use hospes_domain::usage::ended;
use hospes_domain::{Kind, Value};

use super::frame::Frame;
use crate::entry::base::{BASE, base_of, carried, heads};
use crate::entry::{Control, Entry, Input, Wrong, form_of};
use crate::form::Form;
use crate::shape::{Reader, title};
use crate::text::Texts;
use crate::visit::{Answer, Fault, Visit};

/// A part of the form.
struct Section {
    title: fn(&Texts) -> String,
    /// Whether it is shown from the start.
    open: bool,
    fields: &'static [&'static str],
}

const SECTIONS: [Section; 8] = [
    Section {
        title: Texts::offer_section_where,
        open: true,
        fields: &["near_town", "travel_band"],
    },
    Section {
        title: Texts::offer_section_place,
        open: true,
        fields: &["place_type", "sleeps", "step_free", "lift", "bathroom", "cot"],
    },
    Section {
        title: Texts::offer_section_guests,
        open: true,
        fields: &[
            "party_accepts",
            "women_only",
            "child_ages_ok",
            "pets_ok",
            "animals_present",
            "max_parties",
        ],
    },
    Section { title: Texts::offer_section_languages, open: true, fields: &["languages"] },
    Section {
        title: Texts::offer_section_nights,
        open: true,
        fields: &[
            "calendar",
            "notice",
            "latest_arrival",
            "night_calls_ok",
            "min_nights",
            "max_nights",
            "expires_on",
        ],
    },
    Section {
        title: Texts::offer_section_rules,
        open: false,
        fields: &[
            "household",
            "smoking",
            "cost",
            "amount",
            "currency",
            "address_registration",
            "pickup",
        ],
    },
    Section {
        title: Texts::offer_section_known,
        open: false,
        fields: &["confirmed_by", "vetting", "vetted_on", "vetting_references"],
    },
    Section { title: Texts::offer_section_note, open: true, fields: &["note", "note_language"] },
];

/// A part of the form as it is shown.
struct Part {
    title: String,
    open: bool,
    controls: Vec<Control>,
}

#[derive(Template)]
#[template(path = "offer.html")]
struct Page {
    f: Frame,
    action: String,
    base: String,
    /// Where and what, above the form: empty for no field of its own.
    summary: Vec<(String, String)>,
    override_lint: bool,
    overridden: bool,
    /// Somebody else has changed it too much.
    conflict: String,
    parts: Vec<Part>,
    there: Option<There>,
}

/// What can be done with an offer that is there.
struct There {
    id: String,
    active: bool,
    until: String,
    until_wrong: String,
}

/// Fields of the form. Who says that an offer holds is asked once: afterwards a tap says it.
fn names(is_new: bool) -> Vec<&'static str> {
    let all = SECTIONS.iter().flat_map(|section| section.fields.iter().copied());
    all.filter(|name| is_new || *name != "confirmed_by").collect()
}

fn help(t: &Texts, name: &str) -> String {
    match name {
        "near_town" => t.offer_town_help(),
        "sleeps" => t.offer_sleeps_help(),
        "latest_arrival" => t.offer_latest_help(),
        "calendar" => t.nights_help(),
        "note" => t.offer_note_help(),
        "expires_on" => t.offer_expires_help(),
        "vetted_on" => t.offer_date_help(),
        "confirmed_by" => t.offer_confirmed_by_help(),
        _ => String::new(),
    }
}

/// The page as it is before anybody has typed anything wrong.
fn page(visit: &Visit, entry: &Entry<'_>, shown: Option<&Shown>, wrong: &Wrong) -> Page {
    let t = visit.t;
    let names = names(shown.is_none());
    let parts = SECTIONS.iter().map(|section| {
        let fields = section.fields.iter().filter(|name| names.contains(*name));
        let controls: Vec<Control> =
            fields.filter_map(|name| entry.control(name, help(t, name), wrong)).collect();
        let open = section.open || controls.iter().any(|control| !control.wrong.is_empty());
        Part { title: (section.title)(t), open, controls }
    });
    let f = Frame::filled(
        visit,
        match shown {
            None => t.offer_new_title(),
            Some(shown) => format!("{}: {}", t.offer_edit_title(), title(t, shown)),
        },
    );
    let there = shown.map(|shown| There {
        id: shown.key.id.to_string(),
        active: ended(Kind::Offer, &shown.fields).is_none()
            && Reader(&shown.fields).text("status") != Some("paused"),
        until: String::new(),
        until_wrong: String::new(),
    });
    Page {
        f,
        action: match shown {
            None => "/offers/new".to_owned(),
            Some(shown) => format!("/offers/{}/edit", shown.key.id),
        },
        base: carried(entry.form, shown),
        summary: wrong.summary(|name| t.field(Kind::Offer, name)),
        override_lint: wrong.can_be_overridden,
        overridden: entry.is_overridden(),
        conflict: String::new(),
        parts: parts.collect(),
        there,
    }
}

/// The form of an offer that is not there yet.
pub(crate) async fn empty(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let typed = visit.form.typed().next().is_some();
    let first = || {
        let pairs = [("confirmed_by", "host_call"), ("note_language", visit.t.tag)];
        Form::of(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec())
    };
    let form = if typed { visit.form.clone() } else { first() };
    let entry =
        Entry { t: visit.t, kind: Kind::Offer, form: &form, before: None, now: crate::now() };
    Answer::page(page(&visit, &entry, None, &Wrong::default()).render()?)
}

/// What the form says, without a language of a note that is not there.
fn said(entry: &Entry<'_>, names: &[&str], wrong: &mut Wrong) -> hospes_domain::Fields {
    let mut fields = entry.fields(names, wrong);
    if !fields.contains_key("note") {
        fields.remove("note_language");
    }
    fields
}

/// Where a saved offer leads.
fn done(saved: &Saved, word: &str) -> Result<Answer, Fault> {
    let rare = saved.warnings.iter().any(|warning| matches!(warning, Warning::TellsWhere { .. }));
    Answer::see(format!("/offers?done={}", if rare { "rare" } else { word }))
}

/// Somebody makes one.
pub(crate) async fn make(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let entry =
        Entry { t: visit.t, kind: Kind::Offer, form: &visit.form, before: None, now: crate::now() };
    let mut wrong = Wrong::default();
    let names = names(true);
    let fields = said(&entry, &names, &mut wrong);
    let how = How { dry_run: !wrong.is_empty(), override_lint: entry.is_overridden() };
    match visit.desk().make(&visit.who()?, Kind::Offer, fields, how).await {
        Ok(saved) if wrong.is_empty() => return done(&saved, "made"),
        Ok(_) => {}
        Err(refused) => take(&entry, &names, refused, &mut wrong)?,
    }
    Answer::to_mend(page(&visit, &entry, None, &wrong).render()?)
}

/// Violations are told at their fields; everything else is a page of its own.
fn take(
    entry: &Entry<'_>,
    names: &[&str],
    refused: Refused,
    wrong: &mut Wrong,
) -> Result<(), Fault> {
    if refused.violations.is_empty() {
        return Err(refused.into());
    }
    wrong.take(entry.t, entry.kind, &refused.violations, |violation| {
        let field = crate::problem::field_of(violation);
        names.contains(&field).then(|| field.to_owned())
    });
    Ok(())
}

/// An offer of our own.
async fn own(visit: &Visit) -> Result<Shown, Fault> {
    let shown = visit.desk().get(visit.part("id"), Some(Kind::Offer)).await?;
    if !shown.ours {
        return Err(Refused::new(Reason::NotOurs, visit.t.offers_not_ours()).into());
    }
    Ok(shown)
}

/// The form with what an offer says.
pub(crate) async fn show(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let shown = own(&visit).await?;
    let typed = visit.form.typed().next().is_some();
    let form = if typed { visit.form.clone() } else { form_of(Kind::Offer, &shown.fields) };
    let entry = Entry {
        t: visit.t,
        kind: Kind::Offer,
        form: &form,
        before: Some(&shown.fields),
        now: crate::now(),
    };
    Answer::page(page(&visit, &entry, Some(&shown), &Wrong::default()).render()?)
}

/// Somebody changes it.
pub(crate) async fn save(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let shown = own(&visit).await?;
    let entry = Entry {
        t: visit.t,
        kind: Kind::Offer,
        form: &visit.form,
        before: Some(&shown.fields),
        now: crate::now(),
    };
    let mut wrong = Wrong::default();
    let names = names(false);
    let edits = entry.edits(&names, said(&entry, &names, &mut wrong));
    let how = How { dry_run: !wrong.is_empty(), override_lint: entry.is_overridden() };
    let base = heads(visit.form.text(BASE));
    let id = shown.key.id.to_string();
    let mut conflict = false;
    match visit.desk().edit(&visit.who()?, &id, edits, base, how).await {
        Ok(saved) if wrong.is_empty() => return done(&saved, "changed"),
        Ok(_) => {}
        Err(refused) if refused.reason == Reason::Changed => conflict = true,
        Err(refused) => take(&entry, &names, refused, &mut wrong)?,
    }
    let mut page = page(&visit, &entry, Some(&shown), &wrong);
    if conflict {
        page.conflict = visit.t.entry_changed_meanwhile();
        page.base = base_of(&shown);
    }
    Answer::to_mend(page.render()?)
}

fn put(field: &str, value: impl Into<Value>) -> Edit {
    Edit::Put { field: field.to_owned(), value: value.into() }
}

/// No guests until a day.
pub(crate) async fn pause(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let shown = own(&visit).await?;
    let form = form_of(Kind::Offer, &shown.fields);
    let entry = Entry {
        t: visit.t,
        kind: Kind::Offer,
        form: &form,
        before: Some(&shown.fields),
        now: crate::now(),
    };
    let typed = visit.form.text("until");
    let (zone, now) = (entry.zone(), crate::now());
    let until = night(typed, now, &zone).filter(|day| *day > tonight(now, &zone));
    let Some(until) = until else {
        let mut page = page(&visit, &entry, Some(&shown), &Wrong::default());
        if let Some(there) = &mut page.there {
            there.until = typed.to_owned();
            there.until_wrong = visit.t.offer_pause_wrong();
        }
        return Answer::to_mend(page.render()?);
    };
    let edits = vec![put("status", "paused"), put("paused_until", until.to_string())];
    let id = shown.key.id.to_string();
    visit.desk().edit(&visit.who()?, &id, edits, Vec::new(), How::default()).await?;
    Answer::see("/offers?done=paused")
}

/// Guests can be placed again.
pub(crate) async fn resume(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let shown = own(&visit).await?;
    let mut edits = vec![put("status", "active")];
    if shown.fields.contains_key("paused_until") {
        edits.push(Edit::Clear { field: "paused_until".to_owned() });
    }
    let id = shown.key.id.to_string();
    visit.desk().edit(&visit.who()?, &id, edits, Vec::new(), How::default()).await?;
    Answer::see("/offers?done=resumed")
}

/// It is out of use.
pub(crate) async fn withdraw(visit: Arc<Visit>) -> Result<Answer, Fault> {
    let shown = own(&visit).await?;
    visit.desk().withdraw(&visit.who()?, &shown.key.id.to_string(), "").await?;
    Answer::see("/offers?done=withdrawn")
}
