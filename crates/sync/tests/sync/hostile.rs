//! Changes that an infiltrated center could sign: what the gate says of each, and what becomes of
//! mutated ones that pass it.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::transaction::Transactable;
use automerge::{ActorId, AutoCommit, ObjType, ROOT, ScalarValue};
use hospes_document::{Document, answer};
use hospes_domain::edit::Edit;
use hospes_domain::{CenterId, CircleId, Kind, NodeId, RecordId, RecordKey, Value};
use hospes_sync::admission::{Form, MAX_CHUNK, Refusal};
use hospes_sync::change::{self, Author, Body, SignedChange};
use hospes_sync::gate;
use hospes_sync::merge::{MergeJob, Request, Response};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

fn signed(chunk: Vec<u8>) -> SignedChange {
    let key = RecordKey {
        circle: CircleId::COMMONS,
        id: RecordId::from_random([7; 16]),
        steward: CenterId([1; 32]),
        kind: Kind::Template,
    };
    let author =
        Author { center: CenterId([1; 32]), node: NodeId([2; 32]), epoch: 1, writer: [3; 16] };
    SignedChange { key, generation: 1, author, body: Body::Chunk(chunk), signature: [0; 64] }
}

fn actor() -> [u8; 16] {
    let change = signed(Vec::new());
    change::actor(&change.key, change.generation, &change.author)
}

fn unsigned(mut number: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
    out
}

/// A chunk of a type around its content, with the right length and checksum.
fn chunk(kind: u8, content: &[u8]) -> Vec<u8> {
    framed([vec![kind], unsigned(content.len() as u64), content.to_vec()].concat())
}

/// Magic and checksum before a chunk that has its type and length.
fn framed(rest: Vec<u8>) -> Vec<u8> {
    let hash = Sha256::digest(&rest);
    [&[0x85, 0x6f, 0x4a, 0x83], &hash[..4], &rest].concat()
}

/// A change part by part, each as it stands in the chunk.
#[derive(Clone)]
struct Parts {
    deps: Vec<u8>,
    actor: Vec<u8>,
    seq: Vec<u8>,
    start: Vec<u8>,
    time: Vec<u8>,
    message: Vec<u8>,
    others: Vec<u8>,
    columns: Vec<(u64, Vec<u8>)>,
    extra: Vec<u8>,
}

const OBJECT_ACTOR: u64 = 0x01;
const OBJECT_COUNTER: u64 = 0x02;
const KEY_ACTOR: u64 = 0x11;
const KEY_COUNTER: u64 = 0x13;
const KEY_TEXT: u64 = 0x15;
const INSERT: u64 = 0x34;
const ACTION: u64 = 0x42;
const SHAPE: u64 = 0x56;
const VALUE: u64 = 0x57;
const BEFORE_COUNT: u64 = 0x70;
const BEFORE_ACTOR: u64 = 0x71;
const BEFORE_COUNTER: u64 = 0x73;

impl Parts {
    /// The smallest change: the field "slug" is "x".
    fn new() -> Self {
        Self {
            deps: vec![0],
            actor: [vec![16], actor().to_vec()].concat(),
            seq: vec![1],
            start: vec![1],
            time: vec![0],
            message: vec![0],
            others: vec![0],
            columns: vec![
                (KEY_TEXT, b"\x7f\x04slug".to_vec()),
                (INSERT, vec![1]),
                (ACTION, vec![0x7f, 1]),
                (SHAPE, vec![0x7f, 0x16]),
                (VALUE, b"x".to_vec()),
                (BEFORE_COUNT, vec![0x7f, 0]),
            ],
            extra: Vec::new(),
        }
    }

    fn with(mut self, alter: impl FnOnce(&mut Self)) -> Vec<u8> {
        alter(&mut self);
        self.chunk()
    }

    /// With a column replaced, added, or (when empty) taken away.
    fn column(mut self, number: u64, bytes: &[u8]) -> Self {
        self.columns.retain(|(other, _)| *other != number);
        if !bytes.is_empty() {
            self.columns.push((number, bytes.to_vec()));
            self.columns.sort();
        }
        self
    }

    fn content(&self) -> Vec<u8> {
        let mut out = [
            &self.deps[..],
            &self.actor,
            &self.seq,
            &self.start,
            &self.time,
            &self.message,
            &self.others,
        ]
        .concat();
        out.extend(unsigned(self.columns.len() as u64));
        for (number, bytes) in &self.columns {
            out.extend(unsigned(*number));
            out.extend(unsigned(bytes.len() as u64));
        }
        for (_, bytes) in &self.columns {
            out.extend(bytes);
        }
        out.extend(&self.extra);
        out
    }

    fn chunk(&self) -> Vec<u8> {
        chunk(1, &self.content())
    }
}

fn read(chunk: &[u8]) -> Result<Form, Refusal> {
    gate::read(&signed(chunk.to_vec()))
}

fn check(name: &str, chunk: &[u8], expected: &str) {
    match read(chunk) {
        Err(refusal) => {
            let words = refusal.to_string();
            assert!(words.contains(expected), "{name}: {words:?} instead of {expected:?}");
        }
        Ok(form) => panic!("{name}: accepted as {form:?}"),
    }
}

/// A change made with the library, by our actor.
fn made(edit: impl FnOnce(&mut AutoCommit)) -> Vec<u8> {
    let mut document = AutoCommit::new().with_actor(ActorId::from(&actor()[..]));
    edit(&mut document);
    document.get_last_local_change().unwrap().raw_bytes().to_vec()
}

#[test]
fn the_smallest_change_passes() {
    let form = read(&Parts::new().chunk()).unwrap();
    assert_eq!((form.seq, form.start_op, form.max_op), (1, 1, 1));
    assert_eq!(form.actor, actor());
    assert_eq!(form.hash, signed(Parts::new().chunk()).hash());
    let same = made(|document| document.put(ROOT, "slug", "x").unwrap());
    assert_eq!(same, Parts::new().chunk(), "the library writes the same bytes");
}

#[test]
fn a_tombstone_has_a_form_without_operations() {
    let mut change = signed(Vec::new());
    change.body = Body::Tombstone;
    let form = gate::read(&change).unwrap();
    assert_eq!(form.hash, change.hash());
    assert_eq!((form.seq, form.start_op, form.max_op), (0, 0, 0));
    assert!(form.deps.is_empty() && form.grants.is_empty());
}

#[test]
fn bombs_are_refused_without_being_expanded() {
    let million = [unsigned(1_000_000), vec![0]].concat();
    let run = |value: &[u8]| [&[0xc0, 0x84, 0x3d][..], value].concat();
    let bomb = Parts::new()
        .column(KEY_TEXT, &run(b"\x04slug"))
        .column(INSERT, &million[..million.len() - 1])
        .column(ACTION, &run(&[1]))
        .column(SHAPE, &run(&[1]))
        .column(VALUE, &[])
        .column(BEFORE_COUNT, &run(&[0]));
    assert!(bomb.chunk().len() < 120);
    check("a million operations", &bomb.chunk(), "more operations");
    let library = made(|document| {
        let list = document.put_object(ROOT, "l", ObjType::List).unwrap();
        let flags = std::iter::repeat_n(ScalarValue::Boolean(true), 1_000_000);
        document.splice(&list, 0, 0, flags).unwrap();
    });
    assert!(library.len() < 200);
    check("a million operations by the library", &library, "more operations");
    let preds = Parts::new()
        .column(BEFORE_COUNT, &[0x7f, 1])
        .column(BEFORE_ACTOR, &run(&[0]))
        .column(BEFORE_COUNTER, &run(&[1]));
    check("a million overwritten", &preds.chunk(), "more operations");

    check("a compressed change", &chunk(2, &[0; 40]), "compressed");
    check("a bundle", &chunk(3, &[0; 40]), "bundle");
    check("a document", &chunk(0, &[0; 40]), "a document");
    check("an unknown chunk", &chunk(4, &[0; 40]), "unknown type");
    check("nothing", &[], "too early");
    check("too many bytes", &vec![0; MAX_CHUNK + 1], "bytes, at most");
    let deflated = Parts::new().with(|parts| parts.columns[0].0 |= 8);
    check("a compressed column", &deflated, "a column is compressed");

    let deep = made(|document| {
        let mut object = ROOT;
        for _ in 0..10_000 {
            object = document.put_object(&object, "k", ObjType::Map).unwrap();
        }
    });
    assert!(deep.len() < MAX_CHUNK);
    check("10,000 maps in each other", &deep, "too deep");
}

#[test]
fn a_frame_that_is_not_exact_is_refused() {
    let good = Parts::new().chunk();
    let mut checksum = good.clone();
    checksum[4] ^= 1;
    check("a wrong checksum", &checksum, "checksum");
    check("a byte after the chunk", &[good.clone(), vec![0]].concat(), "length");
    check("two chunks", &[good.clone(), good.clone()].concat(), "length");
    check("a missing byte", &good[..good.len() - 1], "length");
    check("extra bytes", &Parts::new().with(|parts| parts.extra = vec![1, 2, 3]), "bytes after");
    let mut magic = good.clone();
    magic[0] ^= 1;
    check("another magic", &magic, "begin");
    let content = Parts::new().content();
    let length = content.len() as u8;
    assert!(length < 0x80);
    let long = framed([vec![1, length | 0x80, 0x00], content].concat());
    check("a length in a longer form", &long, "shortest form");
    for cut in 0..good.len() {
        assert!(read(&good[..cut]).is_err(), "cut at {cut}");
    }
}

#[test]
fn what_stands_before_the_operations_is_bounded_and_canonical() {
    let alter = |alter: fn(&mut Parts)| Parts::new().with(alter);
    check("a time", &alter(|parts| parts.time = vec![1]), "a time");
    check("the number 0", &alter(|parts| parts.seq = vec![0]), "its number");
    check("operation 0", &alter(|parts| parts.start = vec![0]), "first operation");
    check("a high start", &alter(|parts| parts.start = unsigned(1 << 31)), "first operation");
    check(
        "a start that leaves no room",
        &alter(|parts| parts.start = unsigned((1 << 31) - 1)),
        "last operation",
    );
    check("a long number", &alter(|parts| parts.seq = vec![0x81, 0x00]), "shortest form");
    check("a long time", &alter(|parts| parts.time = vec![0x80, 0x00]), "shortest form");
    check("another actor", &alter(|parts| parts.actor[1] ^= 1), "somebody else");
    let short = |parts: &mut Parts| parts.actor = [&[15], &actor()[..15]].concat();
    check("a short actor", &alter(short), "16 bytes");

    let dep = |byte: u8| vec![byte; 32];
    let deps = |deps: &[Vec<u8>]| {
        let bytes = [unsigned(deps.len() as u64), deps.concat()].concat();
        Parts::new().with(|parts| parts.deps = bytes)
    };
    assert_eq!(read(&deps(&[dep(1), dep(2)])).unwrap().deps.len(), 2);
    check("the same ground twice", &deps(&[dep(1), dep(1)]), "not in order");
    check("ground out of order", &deps(&[dep(2), dep(1)]), "not in order");
    let many: Vec<Vec<u8>> = (0..65).map(dep).collect();
    assert!(read(&deps(&many[..64])).is_ok());
    check("65 changes below", &deps(&many), "more changes");

    let other = |byte: u8| [vec![16], vec![byte; 16]].concat();
    let others = |others: &[Vec<u8>]| {
        let bytes = [unsigned(others.len() as u64), others.concat()].concat();
        Parts::new().with(|parts| parts.others = bytes)
    };
    check("an actor for nothing", &others(&[other(1)]), "no operation refers to");
    check("actors out of order", &others(&[other(2), other(1)]), "not in order");
    check("its own actor", &others(&[[vec![16], actor().to_vec()].concat()]), "not in order");
    let many: Vec<Vec<u8>> = (0..65).map(other).collect();
    check("65 other actors", &others(&many), "more writers");
}

#[test]
fn only_a_grant_in_its_one_form_may_be_a_message() {
    let message = |text: &str| {
        let bytes = [unsigned(text.len() as u64), text.as_bytes().to_vec()].concat();
        Parts::new().with(|parts| parts.message = bytes)
    };
    let (one, two) = (CenterId([0x0a; 32]), CenterId([0x0b; 32]));
    let grant = gate::grant_message(&[two, one, two]);
    assert_eq!(grant, format!("maintainers {one} {two}"));
    assert_eq!(read(&message(&grant)).unwrap().grants, [one, two]);
    assert_eq!(gate::grant_message(&[]), "");
    let all: Vec<CenterId> = (0..9).map(|byte| CenterId([byte; 32])).collect();
    assert!(read(&message(&gate::grant_message(&all[..8]))).is_ok());
    for wrong in [
        "saved at nine".to_owned(),
        "maintainers".to_owned(),
        "maintainers ".to_owned(),
        format!("maintainers  {one}"),
        format!("maintainers {two} {one}"),
        format!("maintainers {one} {one}"),
        format!("maintainers {one} "),
        format!("maintainers {one}\n"),
        format!("maintainers {}", one.to_string().to_uppercase()),
        format!("maintainers {one} {}", two.short()),
        format!("Maintainers {one}"),
        gate::grant_message(&all),
    ] {
        check(&wrong, &message(&wrong), "list of maintainers");
    }
    let bytes = |parts: &mut Parts| parts.message = vec![2, 0xc3, 0x28];
    check("bytes that are no text", &Parts::new().with(bytes), "UTF-8");
}

#[test]
fn columns_that_operations_do_not_have_are_refused() {
    let column = |number, bytes: &[u8]| Parts::new().column(number, bytes).chunk();
    check("an unknown column", &column(0x35, &[1]), "no operation has");
    check("a mark", &column(0x94, &[1]), "marks text");
    check("a mark's name", &column(0xa5, b"\x7f\x01b"), "marks text");
    check("nulls only", &column(OBJECT_ACTOR, &[0, 1]), "nothing but nulls");
    check("no keys", &column(KEY_TEXT, &[]), "not one key");
    check("no actions", &column(ACTION, &[]), "no operation");
    check("no insertions", &column(INSERT, &[]), "number of rows");
    check("no shapes", &column(SHAPE, &[]), "number of rows");
    check("no counts", &column(BEFORE_COUNT, &[]), "number of rows");
    check("two keys", &column(KEY_TEXT, b"\x02\x04slug"), "more operations");
    check("two actions", &column(ACTION, &[2, 1]), "number of rows");
    check("a null action", &column(ACTION, &[0x7f, 1, 0, 1]), "missing");
    check("a value for nobody", &column(VALUE, b"xy"), "no operation holds");
    check("half a value", &column(VALUE, &[]), "ends too early");
    check("half an object", &column(OBJECT_ACTOR, &[0x7f, 0]), "half given");
    let order = Parts::new().with(|parts| parts.columns.swap(0, 1));
    check("columns out of order", &order, "not in order");
    let twice = Parts::new().with(|parts| parts.columns.insert(0, parts.columns[0].clone()));
    check("a column twice", &twice, "not in order");
    let empty = Parts::new().with(|parts| parts.columns.insert(0, (OBJECT_ACTOR, Vec::new())));
    check("an empty column", &empty, "a column is empty");
}

#[test]
fn values_that_records_do_not_have_are_refused() {
    let value = |shape: &[u8], bytes: &[u8]| {
        let shape = [&[0x7f], shape].concat();
        Parts::new().column(SHAPE, &shape).column(VALUE, bytes).chunk()
    };
    for (shape, bytes) in [(&[0x01][..], &[][..]), (&[0x02], &[]), (&[0x14], &[0x05]), (&[6], &[])]
    {
        assert!(read(&value(shape, bytes)).is_ok(), "{shape:?}");
    }
    check("null", &value(&[0x00], &[]), "what its kind requires");
    check("an unsigned number", &value(&[0x13], &[5]), "neither");
    check("a fraction", &value(&[0x85, 0x01], &[0; 8]), "neither");
    check("bytes", &value(&[0x17], &[5]), "neither");
    check("a counter", &value(&[0x18], &[5]), "neither");
    check("a timestamp", &value(&[0x19], &[5]), "neither");
    check("an unknown type", &value(&[0x1a], &[5]), "neither");
    check("yes with bytes", &value(&[0x12], &[5]), "neither");
    check("a long number", &value(&[0x24], &[0x85, 0x00]), "shortest form");
    check("a number and more", &value(&[0x24], &[5, 5]), "extra bytes");
    check("half a number", &value(&[0x14], &[0x85]), "ends too early");
    check("no number", &value(&[0x04], &[]), "ends too early");
    check("no text", &value(&[0x26], &[0xc3, 0x28]), "UTF-8");
}

#[test]
fn operations_that_records_do_not_need_are_refused() {
    let counter = made(|document| document.put(ROOT, "n", ScalarValue::counter(1)).unwrap());
    check("a counter", &counter, "neither");
    let action = |number| Parts::new().column(ACTION, &[0x7f, number]).chunk();
    check("an increment", &action(5), "increments");
    check("a table", &action(6), "no known kind");
    check("a mark", &action(7), "marks text");
    check("an unknown action", &action(8), "no known kind");
    let made_with_value = Parts::new().column(ACTION, &[0x7f, 0]).chunk();
    check("an object with a value", &made_with_value, "what its kind requires");
    let delete = Parts::new().column(ACTION, &[0x7f, 3]).column(SHAPE, &[0x7f, 0]);
    check("a deletion of nothing", &delete.column(VALUE, &[]).chunk(), "deletes nothing");
    let block = made(|document| {
        let text = document.put_object(ROOT, "t", ObjType::Text).unwrap();
        document.split_block(&text, 0).unwrap();
    });
    check("a block in a text", &block, "does not fit its object");
    let key = |key: &[u8]| {
        let column = [&[0x7f][..], &unsigned(key.len() as u64), key].concat();
        Parts::new().column(KEY_TEXT, &column).chunk()
    };
    assert!(read(&key(&[b'k'; 255])).is_ok());
    check("an empty key", &key(b""), "empty or too long");
    check("a long key", &key(&[b'k'; 256]), "empty or too long");
    check("a key that is no text", &key(&[0xff]), "UTF-8");
    check("a name of the sealed contact", &key(b"passport"), "must never be shared");
}

#[test]
fn references_are_followed_within_the_change_and_bounded_beyond_it() {
    let at = |object: &[u8]| {
        Parts::new().column(OBJECT_ACTOR, &[0x7f, 0]).column(OBJECT_COUNTER, object)
    };
    check("itself", &at(&[0x7f, 1]).chunk(), "a later one");
    check("the number 0", &at(&[0x7f, 0]).chunk(), "the number 0");
    let later = at(&[0x7f, 5]).with(|parts| parts.start = vec![5]);
    check("itself, later", &later, "a later one");
    let earlier = at(&[0x7f, 4]).with(|parts| parts.start = vec![5]);
    assert!(read(&earlier).is_ok(), "an object that an earlier change made");
    let unnamed = at(&[0x7f, 4]).column(OBJECT_ACTOR, &[0x7f, 1]);
    check("an actor that is not named", &unnamed.with(|parts| parts.start = vec![5]), "not named");
    let other = at(&[0x7f, 9]).column(OBJECT_ACTOR, &[0x7f, 1]).with(|parts| {
        parts.start = vec![5];
        parts.others = [vec![1, 16], vec![9; 16]].concat();
    });
    check("an operation that it cannot know", &other, "not built on");

    let overwrites = |actor: &[u8], counter: &[u8]| {
        let count = counter.len() as u8 - 1;
        Parts::new()
            .column(BEFORE_COUNT, &[0x7f, count])
            .column(BEFORE_ACTOR, actor)
            .column(BEFORE_COUNTER, counter)
            .with(|parts| parts.start = vec![9])
    };
    assert!(read(&overwrites(&[2, 0], &[0x7e, 3, 2])).is_ok());
    check("overwritten out of order", &overwrites(&[2, 0], &[0x7e, 3, 0x7f]), "not in order");
    check("overwritten twice", &overwrites(&[2, 0], &[0x7e, 3, 0]), "not in order");
    check("itself overwritten", &overwrites(&[0x7f, 0], &[0x7f, 9]), "a later one");
    check("a negative number", &overwrites(&[0x7f, 0], &[0x7f, 0x7f]), "negative");

    let root_list = Parts::new().column(KEY_TEXT, &[]).column(KEY_COUNTER, &[0x7f, 0]);
    check("the root as a list", &root_list.clone().column(INSERT, &[0, 1]).chunk(), "for a list");
    check("the start of nothing", &root_list.chunk(), "no key");
    let both = Parts::new().column(KEY_ACTOR, &[0x7f, 0]).column(KEY_COUNTER, &[0x7f, 1]);
    check("two keys in one", &both.chunk(), "not one key");
    check("a map with an insertion", &Parts::new().column(INSERT, &[0, 1]).chunk(), "into a map");
}

#[test]
fn numbers_that_only_other_changes_can_judge_pass_the_gate() {
    for alter in [
        (|parts: &mut Parts| parts.seq = vec![40]) as fn(&mut Parts),
        |parts| parts.start = vec![90],
        |parts| parts.deps = [vec![1], vec![9; 32]].concat(),
    ] {
        assert!(read(&Parts::new().with(alter)).is_ok());
    }
}

#[test]
fn a_change_of_one_record_is_foreign_in_another() {
    let chunk = Parts::new().chunk();
    let mut other = signed(chunk.clone());
    other.key.id = RecordId::from_random([8; 16]);
    assert_eq!(gate::read(&other), Err(Refusal::ForeignActor));
    let mut other = signed(chunk.clone());
    other.generation = 2;
    assert_eq!(gate::read(&other), Err(Refusal::ForeignActor));
    let mut other = signed(chunk);
    other.author.writer[0] ^= 1;
    assert_eq!(gate::read(&other), Err(Refusal::ForeignActor));
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

fn put(field: &str, value: Value) -> Edit {
    Edit::Put { field: field.to_owned(), value }
}

/// A first change by somebody else, and an edit of it by our actor that does a bit of everything.
fn specimens() -> (Vec<u8>, Vec<u8>) {
    let splice = |at, delete, insert: &str| Edit::Splice {
        field: "body".to_owned(),
        key: "ru".to_owned(),
        at,
        delete,
        insert: insert.to_owned(),
    };
    let list = |words: &[&str]| Value::List(words.iter().map(|word| text(word)).collect());
    let begin = [
        put("slug", text("letter")),
        put("number", Value::Integer(300)),
        put("audience", list(&["counselor", "lawyer"])),
        put("topics", list(&["asylum", "residence", "residence"])),
        put("requires", map([("notary", Value::Flag(true)), ("fee", Value::Flag(false))])),
        put("body", map([("ru", text("Прошу рассмотреть")), ("en", text("aab"))])),
        put("new", Value::List(vec![map([("a", list(&["b", "c"]))])])),
    ];
    let edit = [
        put("slug", text("letter-to-the-board")),
        put("number", Value::Integer(-300)),
        put("audience", list(&["counselee", "lawyer"])),
        put("topics", list(&["asylum", "military"])),
        put("requires", map([("fee", Value::Flag(true)), ("deadline_days", Value::Integer(9))])),
        splice(6, 3, "вас "),
        splice(0, 0, "!"),
    ];
    let mut document = Document::new();
    let first = document.write(Kind::Template, &begin, None, [9; 16], &[]).unwrap();
    let second = document.write(Kind::Template, &edit, None, actor(), &[]).unwrap();
    (first[0].clone(), second[0].clone())
}

#[test]
fn every_flipped_bit_is_noticed() {
    for chunk in [specimens().1, Parts::new().chunk()] {
        assert!(read(&chunk).is_ok());
        for bit in 0..chunk.len() * 8 {
            let mut flipped = chunk.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(read(&flipped).is_err(), "bit {bit}");
        }
    }
}

/// Alters the content of a change and gives it a right frame again.
fn mutate(rng: &mut SmallRng, chunk_bytes: &[u8]) -> Vec<u8> {
    let length = unsigned(chunk_bytes.len() as u64 - 11).len();
    let mut content = chunk_bytes[9 + length..].to_vec();
    for _ in 0..rng.random_range(1..4) {
        let place = rng.random_range(0..content.len());
        match rng.random_range(0..6) {
            0 => content[place] ^= 1 << rng.random_range(0..8),
            1 => content[place] = rng.random(),
            2 => content[place] = [0, 1, 0x7f, 0x80, 0xff][rng.random_range(0..5)],
            3 => content[place] = content[place].wrapping_add(1),
            4 => {
                content.remove(place);
            }
            _ => content.insert(place, rng.random()),
        }
    }
    chunk(1, &content)
}

/// The gate cannot know the document, so some mutants that pass it refer to what is not there. The
/// worker finds nearly all of these before the library does, which would panic. It is counted here,
/// so that a change of ours or of the library that makes it worse is seen.
#[test]
fn mutated_changes_are_mostly_refused_and_never_spoil_a_record() {
    const MUTANTS: usize = 20_000;
    std::panic::set_hook(Box::new(|_| {}));
    let (first, second) = specimens();
    let mut rng = SmallRng::seed_from_u64(20_261_123);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for _ in 0..MUTANTS {
        let mutant = mutate(&mut rng, &second);
        if mutant == second || read(&mutant).is_err() {
            continue;
        }
        *counts.entry("passed").or_default() += 1;
        let job = MergeJob {
            kind: Kind::Template,
            base: None,
            chunks: vec![first.clone(), mutant],
            keep_snapshot: true,
        };
        let outcome = catch_unwind(AssertUnwindSafe(|| answer(Request::Merge(vec![job]))));
        let outcome = match outcome {
            Err(_) => "panicked",
            Ok(Response::Merged(answers)) => {
                if let Some(saved) = &answers[0].snapshot {
                    assert!(Document::load(saved).is_ok(), "what is stored loads again");
                }
                match answers[0].left_out.as_slice() {
                    [] => "merged",
                    [(1, Refusal::NotApplicable(_))] => "not applicable",
                    [(1, _)] => "out of bounds",
                    other => panic!("{other:?}"),
                }
            }
            Ok(Response::Edited(_)) => panic!(),
        };
        *counts.entry(outcome).or_default() += 1;
    }
    let _ = std::panic::take_hook();
    println!("{MUTANTS} mutants: {counts:?}");
    let of = |what: &str| counts.get(what).copied().unwrap_or(0);
    assert!(of("merged") > 0, "some mutants are honest changes of another content");
    assert!(of("not applicable") > 0, "some refer to what is not there");
    assert!(of("panicked") * 1_000 < MUTANTS, "more than one in a thousand panics: {counts:?}");
}

/// Nodes read a lone first change without the library, and with it once there is a second one. An
/// author must not be able to make a record that says one thing in one way and another in the other.
#[test]
fn mutated_first_changes_say_the_same_with_and_without_a_document() {
    const MUTANTS: usize = 20_000;
    std::panic::set_hook(Box::new(|_| {}));
    let list = |words: &[&str]| Value::List(words.iter().map(|word| text(word)).collect());
    let begin = [
        put("country", text("EE")),
        put("place_type", text("sofa")),
        put("sleeps", Value::Integer(4)),
        put("status", text("active")),
        put("confirmed_at", text("2026-11-20T10:00:00Z")),
        put("confirmed_by", text("host_call")),
        put("party_accepts", list(&["couple", "single_woman"])),
        put("languages", map([("ru", text("native")), ("et", text("basic"))])),
        put(
            "calendar",
            map([("2026-12-01", Value::Integer(2)), ("2026-12-02", Value::Integer(0))]),
        ),
        put("new", Value::List(vec![map([("a", list(&["b", "c"]))]), text("d")])),
    ];
    let first = Document::new().write(Kind::Offer, &begin, None, [9; 16], &[]).unwrap().remove(0);
    let mut rng = SmallRng::seed_from_u64(20_261_125);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for _ in 0..MUTANTS {
        let mutant = mutate(&mut rng, &first);
        if gate::read_chunk(&mutant, [9; 16], Kind::Offer).is_err() {
            continue;
        }
        *counts.entry("passed").or_default() += 1;
        let outcome = |keep_snapshot| {
            let chunks = vec![mutant.clone()];
            let job = MergeJob { kind: Kind::Offer, base: None, chunks, keep_snapshot };
            let answer = catch_unwind(AssertUnwindSafe(|| answer(Request::Merge(vec![job]))));
            answer.ok().and_then(|response| match response {
                Response::Merged(mut answers) => answers.remove(0).outcome.ok(),
                Response::Edited(_) => None,
            })
        };
        match (outcome(false), outcome(true)) {
            (Some(plain), Some(document)) => {
                assert_eq!(plain, document);
                *counts.entry("both").or_default() += 1;
            }
            (None, None) => *counts.entry("neither").or_default() += 1,
            (Some(_), None) => *counts.entry("only without").or_default() += 1,
            (None, Some(_)) => panic!("the shorter way falls back on the longer one"),
        }
    }
    let _ = std::panic::take_hook();
    println!("{MUTANTS} mutants: {counts:?}");
    let of = |what: &str| counts.get(what).copied().unwrap_or(0);
    assert!(of("both") > 0, "some mutants are honest changes of another content");
    assert_eq!(of("only without"), 0, "{counts:?}");
}
