#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use hospes_domain::{CenterId, CircleId, NodeId, RecordId, RecordKey, Value};
use proptest::prelude::*;

use hospes_domain::edit::edits_to;

use super::*;
use hospes_sync::admission::{Held, Verdict};
use hospes_sync::change::{self, Author, Body, SignedChange};
use hospes_sync::gate;

const ADA: [u8; 16] = [1; 16];
const BEN: [u8; 16] = [2; 16];

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

fn list<const N: usize>(members: [&str; N]) -> Value {
    Value::List(members.into_iter().map(text).collect())
}

fn put(field: &str, value: Value) -> Edit {
    Edit::Put { field: field.to_owned(), value }
}

fn splice(key: &str, at: u32, delete: u32, insert: &str) -> Edit {
    let (field, key, insert) = ("body".to_owned(), key.to_owned(), insert.to_owned());
    Edit::Splice { field, key, at, delete, insert }
}

/// Writes, expecting one change.
fn change(document: &mut Document, actor: [u8; 16], edits: &[Edit]) -> Vec<u8> {
    let chunks = document.write(Kind::Template, edits, None, actor, &[]).unwrap();
    assert_eq!(chunks.len(), 1);
    chunks.into_iter().next().unwrap()
}

fn shown(document: &Document) -> Fields {
    document.fields(Kind::Template).unwrap()
}

fn body(document: &Document, key: &str) -> String {
    shown(document)["body"].as_map().unwrap()[key].as_text().unwrap().to_owned()
}

fn template() -> Vec<Edit> {
    vec![
        put("slug", text("letter-to-the-board")),
        put("number", Value::Integer(1)),
        put("audience", list(["counselor", "lawyer"])),
        put("requires", map([("notary", Value::Flag(true)), ("fee", Value::Flag(false))])),
        put("title", map([("en", text("Letter")), ("ru", text("Письмо"))])),
        put("topics", list(["asylum", "residence"])),
        put("body", map([("ru", text("Прошу рассмотреть.\nПодпись\n"))])),
        put("from_a_newer_release", map([("a", Value::List(vec![Value::Integer(-7)]))])),
    ]
}

#[test]
fn a_record_is_read_as_it_was_written() {
    let mut document = Document::new();
    change(&mut document, ADA, &template());
    let fields = shown(&document);
    for edit in template() {
        let Edit::Put { field, value } = edit else { panic!() };
        assert_eq!(fields[&field], value, "{field}");
    }
}

#[test]
fn the_same_edits_again_change_nothing() {
    let mut document = Document::new();
    change(&mut document, ADA, &template());
    let again = document.write(Kind::Template, &template(), None, ADA, &[]).unwrap();
    assert!(again.is_empty());
}

#[test]
fn a_record_put_as_a_whole_becomes_what_was_wanted() {
    let mut document = Document::new();
    change(&mut document, ADA, &template());
    let mut wanted = shown(&document);
    wanted.remove("topics");
    wanted.insert("audience".to_owned(), list(["counselee", "lawyer"]));
    wanted.insert("number".to_owned(), Value::Integer(2));
    wanted.insert("title".to_owned(), map([("de", text("Brief")), ("en", text("A letter"))]));
    let edits = edits_to(&shown(&document), &wanted);
    assert_eq!(edits.len(), 4);
    change(&mut document, ADA, &edits);
    assert_eq!(shown(&document), wanted);
}

#[test]
fn members_that_two_nodes_add_are_both_there() {
    let mut ada = Document::new();
    let first = change(&mut ada, ADA, &[put("audience", list(["lawyer"]))]);
    let mut ben = Document::from_changes([first.as_slice()]).unwrap();
    change(&mut ada, ADA, &[put("audience", list(["counselee", "lawyer"]))]);
    let other = change(&mut ben, BEN, &[put("audience", list(["counselor"]))]);
    ada.apply([other.as_slice()]).unwrap();
    // Ben took the lawyer out, Ada put the counselee in.
    assert_eq!(shown(&ada)["audience"], list(["counselee", "counselor"]));
}

#[test]
fn two_people_edit_different_paragraphs_of_one_text() {
    let mut ada = Document::new();
    let old = "Первый абзац\n\nВторой абзац\n";
    let first = change(&mut ada, ADA, &[put("body", map([("ru", text(old))]))]);
    let mut ben = Document::from_changes([first.as_slice()]).unwrap();
    let new = old.replace("Первый", "Самый первый");
    change(&mut ada, ADA, &[put("body", map([("ru", text(&new))]))]);
    let new = old.replace("Второй абзац", "Второй, длинный абзац");
    let other = change(&mut ben, BEN, &[put("body", map([("ru", text(&new))]))]);
    ada.apply([other.as_slice()]).unwrap();
    assert_eq!(body(&ada, "ru"), "Самый первый абзац\n\nВторой, длинный абзац\n");
}

#[test]
fn splices_made_on_an_older_text_keep_what_came_since() {
    let mut document = Document::new();
    change(&mut document, ADA, &[put("body", map([("ru", text("один два три"))]))]);
    let seen = document.heads();
    change(&mut document, BEN, &[splice("ru", 0, 4, "ОДИН!")]);
    // The editor still shows "один два три", and this node has written in between.
    let edits = [splice("ru", 9, 3, "четыре"), splice("ru", 5, 3, "2"), splice("ru", 0, 0, "<")];
    let chunks = document.write(Kind::Template, &edits, Some(&seen), BEN, &[]).unwrap();
    assert_eq!(chunks.len(), 1);
    assert_eq!(body(&document, "ru"), "<ОДИН! 2 четыре");
}

#[test]
fn a_put_made_on_an_older_record_writes_only_its_own_difference() {
    let mut document = Document::new();
    change(&mut document, ADA, &[put("audience", list(["lawyer"])), put("slug", text("a"))]);
    let seen = document.heads();
    change(&mut document, BEN, &[put("audience", list(["counselor", "lawyer"]))]);
    let edits = [put("audience", list(["counselee", "lawyer"])), put("slug", text("a"))];
    document.write(Kind::Template, &edits, Some(&seen), BEN, &[]).unwrap();
    assert_eq!(shown(&document)["audience"], list(["counselee", "counselor", "lawyer"]));
}

#[test]
fn a_splice_beyond_the_text_is_refused_and_changes_nothing() {
    let mut document = Document::new();
    change(&mut document, ADA, &[put("body", map([("en", text("abc"))]))]);
    let before = (document.heads(), shown(&document));
    for edit in [splice("en", 4, 0, "x"), splice("en", 1, 3, ""), splice("en", u32::MAX, 1, "")] {
        let edits = [put("slug", text("x")), edit];
        let error = document.write(Kind::Template, &edits, None, ADA, &[]).unwrap_err();
        assert!(matches!(error, DocumentError::EditDoesNotFit { .. }), "{error}");
    }
    let edit = Edit::Splice {
        field: "slug".to_owned(),
        key: "en".to_owned(),
        at: 0,
        delete: 0,
        insert: "x".to_owned(),
    };
    assert!(document.write(Kind::Template, &[edit], None, ADA, &[]).is_err());
    assert_eq!((document.heads(), shown(&document)), before);
}

#[test]
fn a_long_body_is_written_in_several_changes_that_pass_the_gate() {
    let mut document = Document::new();
    let long: String = (0..60_000).map(|n| if n % 7 == 0 { ' ' } else { 'ж' }).collect();
    let edits = [put("body", map([("ru", text(&long))])), put("slug", text("long"))];
    let chunks = document.write(Kind::Template, &edits, None, ADA, &[]).unwrap();
    assert!(chunks.len() > 2, "{}", chunks.len());
    let again = Document::from_changes(chunks.iter().map(Vec::as_slice)).unwrap();
    assert_eq!(body(&again, "ru"), long);
    let first = Document::from_changes([chunks[0].as_slice()]).unwrap();
    assert_eq!(shown(&first)["slug"], text("long"), "the first change has the whole record");
    // Taking it all out again does not fit into one change either.
    let chunks =
        document.write(Kind::Template, &[splice("ru", 0, 60_000, "")], None, ADA, &[]).unwrap();
    assert!(chunks.len() > 1);
    assert_eq!(body(&document, "ru"), "");
}

#[test]
fn maintainers_are_named_in_the_message_of_the_change() {
    let mut document = Document::new();
    let grants = [CenterId([9; 32]), CenterId([4; 32])];
    let chunks = document.write(Kind::Template, &template(), None, ADA, &grants).unwrap();
    let form = gate::read_chunk(&chunks[0], ADA, Kind::Template).unwrap();
    assert_eq!(form.grants, [CenterId([4; 32]), CenterId([9; 32])]);
}

#[test]
fn a_forbidden_field_cannot_be_written() {
    let mut document = Document::new();
    let edits = [put("host_name", text("X"))];
    let error = document.write(Kind::Offer, &edits, None, ADA, &[]).unwrap_err();
    assert!(matches!(error, DocumentError::Refused(Refusal::ForbiddenField { .. })), "{error}");
}

#[test]
fn values_too_deep_in_each_other_are_refused_before_they_are_followed() {
    let mut value = Value::Integer(1);
    for _ in 0..10_000 {
        value = Value::List(vec![value]);
    }
    let edits = [put("x", value)];
    let error = Document::new().write(Kind::Offer, &edits, None, ADA, &[]).unwrap_err();
    assert!(matches!(error, DocumentError::Unfit(_)), "{error}");
    // Dropped by hand: a value this deep would overflow the stack.
    let [Edit::Put { value, .. }] = edits else { panic!() };
    let mut next = Some(value);
    while let Some(Value::List(mut list)) = next {
        next = list.pop();
    }
}

#[test]
fn what_was_saved_is_loaded_with_the_same_heads() {
    let mut document = Document::new();
    change(&mut document, ADA, &template());
    change(&mut document, BEN, &[splice("ru", 0, 5, "")]);
    let mut again = Document::load(&document.save()).unwrap();
    assert_eq!(again.heads(), document.heads());
    assert_eq!(shown(&again), shown(&document));
}

#[test]
fn a_change_whose_ground_is_missing_is_not_taken_in() {
    let mut document = Document::new();
    change(&mut document, ADA, &template());
    let second = change(&mut document, ADA, &[put("slug", text("x"))]);
    let error = Document::from_changes([second.as_slice()]).err();
    assert_eq!(error, Some(DocumentError::Missing));
}

/// One step of somebody in a network of three nodes.
#[derive(Clone, Debug)]
enum Step {
    Write { node: usize, edits: Vec<Edit>, on_older: bool },
    Meet { from: usize, to: usize },
}

/// What a node of the network holds, with who made it, and the heads that it saw before it wrote.
#[derive(Default)]
struct Node {
    chunks: Vec<(usize, Vec<u8>)>,
    seen: Vec<ChangeHash>,
}

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zа-я]{1,8}",
        "[абв \\n]{0,40}",
        Just("один два три\nчетыре пять\n".to_owned()),
        "\\PC{0,12}",
        Just(String::new()),
    ]
}

fn scalars() -> impl Strategy<Value = Value> {
    prop_oneof![
        words().prop_map(Value::Text),
        any::<i64>().prop_map(Value::Integer),
        (-3_i64..3).prop_map(Value::Integer),
        any::<bool>().prop_map(Value::Flag),
    ]
}

fn values() -> impl Strategy<Value = Value> {
    scalars().prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::List),
            prop::collection::btree_map("[a-c]{1,2}", inner, 0..5).prop_map(Value::Map),
        ]
    })
}

fn members() -> impl Strategy<Value = Value> {
    prop::sample::subsequence(vec!["counselee", "counselor", "lawyer"], 0..=3)
        .prop_map(|words| Value::List(words.into_iter().map(text).collect()))
}

fn bodies() -> impl Strategy<Value = Value> {
    prop::collection::btree_map("de|en|ru", words().prop_map(Value::Text), 0..3)
        .prop_map(Value::Map)
}

fn edits() -> impl Strategy<Value = Edit> {
    prop_oneof![
        2 => ("[xyz]", values()).prop_map(|(field, value)| put(&field, value)),
        1 => members().prop_map(|value| put("audience", value)),
        2 => bodies().prop_map(|value| put("body", value)),
        1 => prop_oneof!["x", "y", "body", "audience"].prop_map(|field| Edit::Clear { field }),
        4 => ("de|en|ru", 0_u32..20, 0_u32..6, words())
            .prop_map(|(key, at, delete, insert)| splice(&key, at, delete, &insert)),
    ]
}

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0_usize..3, prop::collection::vec(edits(), 1..5), prop::bool::weighted(0.3))
            .prop_map(|(node, edits, on_older)| Step::Write { node, edits, on_older }),
        1 => (0_usize..3, 0_usize..3).prop_map(|(from, to)| Step::Meet { from, to }),
    ]
}

fn key() -> RecordKey {
    RecordKey {
        circle: CircleId::COMMONS,
        id: RecordId::from_random([7; 16]),
        steward: CenterId([1; 32]),
        kind: Kind::Template,
    }
}

fn author(node: usize) -> Author {
    let node = NodeId([u8::try_from(node).unwrap(); 32]);
    Author { center: CenterId([1; 32]), node, epoch: 1, writer: [0; 16] }
}

fn signed(node: usize, chunk: &[u8]) -> SignedChange {
    let body = Body::Chunk(chunk.to_vec());
    SignedChange { key: key(), generation: 1, author: author(node), body, signature: [0; 64] }
}

proptest! {
    /// The two ways to read a first change agree, whatever is in it.
    #[test]
    fn a_first_change_says_the_same_with_and_without_a_document(
        edits in prop::collection::vec(edits(), 1..8)
    ) {
        let mut document = Document::new();
        let made = document.write(Kind::Template, &edits, None, [3; 16], &[]);
        if let Ok(chunks) = made && let [chunk] = chunks.as_slice() {
            let plain = hospes_sync::plain::fields(chunk, Kind::Template);
            prop_assert!(plain.is_none_or(|fields| fields == shown(&document)));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// Else the network would refuse honest people: whatever these nodes write, in whatever order
    /// they meet, passes the gate and the rules, and all of them end with one record.
    #[test]
    fn everything_that_is_written_passes_gate_and_rules(
        steps in prop::collection::vec(steps(), 1..20)
    ) {
        let mut nodes: [Node; 3] = Default::default();
        let begin = [put("slug", text("x"))];
        let actor = change::actor(&key(), 1, &author(0));
        let first = Document::new().write(Kind::Template, &begin, None, actor, &[]).unwrap();
        for node in &mut nodes {
            node.chunks.push((0, first[0].clone()));
        }
        for step in steps {
            match step {
                Step::Write { node, edits, on_older } => {
                    let Node { chunks, seen } = &mut nodes[node];
                    let all = chunks.iter().map(|(_, chunk)| chunk.as_slice());
                    let mut document = Document::from_changes(all).unwrap();
                    let actor = change::actor(&key(), 1, &author(node));
                    let older = (on_older && !seen.is_empty()).then(|| seen.clone());
                    *seen = document.heads();
                    match document.write(Kind::Template, &edits, older.as_deref(), actor, &[]) {
                        Ok(made) => chunks.extend(made.into_iter().map(|chunk| (node, chunk))),
                        Err(DocumentError::EditDoesNotFit { .. }) => {}
                        Err(error) => prop_assert!(false, "{error}"),
                    }
                }
                Step::Meet { from, to } => {
                    for change in nodes[from].chunks.clone() {
                        if !nodes[to].chunks.contains(&change) {
                            nodes[to].chunks.push(change);
                        }
                    }
                }
            }
        }
        let mut all: Vec<(usize, Vec<u8>)> = nodes[0].chunks.clone();
        for node in &nodes[1..] {
            for change in &node.chunks {
                if !all.contains(change) {
                    all.push(change.clone());
                }
            }
        }
        // What can be read without making the document says what the document says.
        prop_assert!(hospes_sync::plain::fields(&all[0].1, Kind::Template).is_some());
        for (_, chunk) in &all {
            if let Some(fields) = hospes_sync::plain::fields(chunk, Kind::Template) {
                let document = Document::from_changes([chunk.as_slice()]).unwrap();
                prop_assert_eq!(fields, shown(&document));
            }
        }
        let mut held = Held::default();
        let mut bytes = BTreeMap::new();
        for (node, chunk) in &all {
            let signed = signed(*node, chunk);
            let form = gate::read(&signed).unwrap();
            let read = read_change(chunk).unwrap();
            prop_assert_eq!(form.hash.0, read.hash().0);
            prop_assert_eq!(form.seq, read.seq());
            prop_assert_eq!(form.start_op, read.start_op().get());
            prop_assert_eq!(form.max_op, read.max_op());
            prop_assert_eq!(form.deps.len(), read.deps().len());
            prop_assert_eq!(held.admit(&signed, &form), Ok(Verdict::Accepted));
            bytes.insert(form.hash, chunk.as_slice());
        }
        let ordered = held.in_order().into_iter().map(|hash| bytes[&hash]);
        let mut one = Document::from_changes(ordered).unwrap();
        let other =
            Document::from_changes(all.iter().map(|(_, chunk)| chunk.as_slice())).unwrap();
        prop_assert_eq!(one.heads(), held.heads());
        prop_assert_eq!(shown(&one), shown(&other));
        prop_assert_eq!(shown(&Document::load(&one.save()).unwrap()), shown(&other));
    }
}
