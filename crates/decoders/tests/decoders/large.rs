//! Inputs as large as they are let in, of the sorts that grow when they are read. They are made here:
//! a corpus of them would be large, too.

use crate::bounds::read;
use hospes_decoders::parts::zip;
use hospes_decoders::{Verdict, decoder};
use hospes_wire::limits;

/// As much of one of our files as is read.
const FILE: usize = 10 * 1024 * 1024;

/// A pattern again and again, between a beginning and an end, in at most so many bytes.
fn filled(most: usize, begin: &str, pattern: &str, end: &str) -> Vec<u8> {
    let times = (most - begin.len() - end.len()) / pattern.len();
    [begin, &pattern.repeat(times), end].concat().into_bytes()
}

fn check(name: &str, inputs: &[(&str, Vec<u8>)]) {
    let decoder = decoder(name).unwrap();
    let mut trouble = Vec::new();
    for (what, bytes) in inputs {
        let start = std::time::Instant::now();
        let verdict = read(decoder, bytes.clone());
        println!("{name}, {what}: {} bytes, {:?}, {verdict:?}", bytes.len(), start.elapsed());
        if let Err(why) = verdict {
            trouble.push(format!("{name}, {what}: {why}"));
        }
    }
    assert!(trouble.is_empty(), "{trouble:#?}");
}

/// A field of a message with so many bytes in it.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut field = vec![number << 3 | 2];
    prost::encode_length_delimiter(bytes.len(), &mut field).unwrap();
    field.extend_from_slice(bytes);
    field
}

/// A message of the same field again and again.
fn fields(most: usize, number: u8, bytes: &[u8]) -> Vec<u8> {
    let one = field(number, bytes);
    one.repeat(most / one.len())
}

#[test]
fn a_peer_gets_no_more_than_its_message_is_worth() {
    const ROOM: usize = limits::PEER_MESSAGE - 16;
    let heads = field(3, &fields(ROOM - 32, 2, b""));
    check(
        "frame",
        &[
            ("introductions", field(2, &fields(ROOM, 1, b""))),
            ("ranges", field(4, &fields(ROOM, 2, b""))),
            ("identifiers", field(5, &fields(ROOM, 3, b""))),
            ("records of one identifier", field(5, &heads)),
            ("items", field(11, &field(3, &vec![0; ROOM]))),
            ("fields that nobody knows", fields(ROOM, 15, b"")),
            ("too large", vec![0; limits::PEER_MESSAGE + 1]),
        ],
    );
    let zeros = vec![0; limits::CHANGES_UNPACKED - 16];
    check(
        "change_batch",
        &[
            ("authors", fields(limits::CHANGES_UNPACKED, 1, b"")),
            ("identifiers", field(4, &zeros)),
            ("numbers", field(6, &zeros)),
            ("a chunk", field(12, &zeros)),
        ],
    );
    check("roster", &[("introductions", fields(ROOM, 1, b""))]);
    check("conversation", &[("pings", [2, 0x42, 0].repeat(ROOM / 3))]);
}

#[test]
fn a_counselor_gets_no_more_than_a_message_is_worth() {
    const ROOM: usize = limits::LOCAL_MESSAGE - 16;
    let long = |number: u8, pattern: &str| {
        let text = filled(ROOM, "", pattern, "");
        if number > 15 {
            // Numbers from 16 on take two bytes.
            let mut bytes = vec![0x80 | (number << 3 & 0x7f) | 2, number >> 4];
            prost::encode_length_delimiter(text.len(), &mut bytes).unwrap();
            return [bytes, text].concat();
        }
        field(number, &text)
    };
    check(
        "search",
        &[
            ("a kind", long(1, "x")),
            ("a text", long(2, "ж ")),
            ("a text of one word", long(2, "й")),
            ("a town", long(5, "Нарва")),
            ("a town of strange letters", long(5, "\u{fdfa}")),
            ("a night", long(7, "2026-")),
            ("children", fields(ROOM, 10, b"x")),
            ("pets", fields(ROOM, 11, b"x")),
            ("languages", fields(ROOM, 14, b"x")),
            ("facets", fields(ROOM, 15, b"\x0a\x01x")),
            ("a party", long(19, "x")),
        ],
    );
    let texts = |name: &str, pattern: &str| {
        let text = filled(1024 * 1024, "", pattern, "");
        let value = field(1, &text);
        let entry = [field(1, name.as_bytes()), field(2, &value)].concat();
        [vec![1], field(1, &entry)].concat()
    };
    check(
        "record_fields",
        &[
            ("a note of digits", texts("note", "5 ")),
            ("a note of numbers", texts("note", "+372 5555 1234 ")),
            ("a note of streets", texts("note", "ul. Pikk 1, ")),
            ("a note of handles", texts("note", "@a ")),
            ("a note of dots", texts("note", ".a@")),
            ("a country", texts("country", "E")),
            ("a date", texts("expires_on", "2026-")),
        ],
    );
}

#[test]
fn a_table_takes_no_more_than_a_file_is_worth() {
    let heading = "external_id,country,note\n";
    check(
        "csv",
        &[
            ("commas", filled(FILE, "", ",", "")),
            ("quotes", filled(FILE, heading, "\"", "")),
            ("lines", filled(FILE, heading, "\n", "")),
            ("short rows", filled(FILE, heading, "a\n", "")),
            ("as many rows as there may be", filled(600_000, heading, "a,b,+372 555\n", "")),
            ("one cell", filled(FILE, heading, "a", "")),
        ],
    );
    let parts = |name: &str, text: Vec<u8>| [format!("=== {name}\n").into_bytes(), text].concat();
    let services = b"=== services.csv\nid,name\ns1,Desk\n".to_vec();
    let phones = filled(600_000, "id,service_id,number\n", "1,s1,+372 5\n", "\n");
    let places = filled(600_000, "id,service_id,location_id\n", "1,s1,l1\n", "\n");
    check(
        "hsds",
        &[
            ("phones of one service", [services.clone(), parts("phones.csv", phones)].concat()),
            ("places of one", [services, parts("services_at_location.csv", places)].concat()),
        ],
    );
}

#[test]
fn a_text_takes_no_more_than_a_file_is_worth() {
    let keys = |count: usize| (0..count).map(|key| format!("k{key}: 1\n")).collect::<String>();
    let front = |inside: &str| format!("---\n{inside}---\n").into_bytes();
    check(
        "markdown",
        &[
            ("keys", front(&keys(19_000))),
            ("too many keys", front(&keys(30_000))),
            ("one list", front(&format!("topics: [{}]\n", "a,".repeat(400_000)))),
            ("items", front(&format!("topics:\n{}", "  - a\n".repeat(19_000)))),
            ("placeholders", filled(FILE, "---\nslug: a\n---\n", "{{a}} ", "")),
            ("half placeholders", filled(FILE, "---\nslug: a\n---\n", "{{", "")),
            ("hyphens", filled(FILE, "---\nslug: a\n", "- ", "\n---\n")),
            ("no end", filled(FILE, "---\n", "a: b\n", "")),
        ],
    );
    check(
        "center_file",
        &[
            ("lines", filled(64 * 1024, "", "\n", "")),
            ("beginnings", filled(64 * 1024, "", "-----BEGIN CERTIFICATE-----\n", "")),
            ("one block", filled(64 * 1024, "-----BEGIN CERTIFICATE-----\n", "A", "\n-----END ")),
        ],
    );
    check("keyslots", &[("brackets", filled(64 * 1024, "{\"format\":1,\"slots\":", "[", ""))]);
}

#[test]
fn what_grows_when_it_is_unpacked_is_refused_before_it_has_grown() {
    const MIB: usize = 1024 * 1024;
    let book = |path: &str, text: Vec<u8>| zip(&[(path.to_owned(), text)].into());
    let strings = filled(40 * MIB, "<sst>", "<si><t/></si>", "</sst>");
    check("xlsx", &[("texts", book("xl/sharedStrings.xml", strings))]);
    let decoder = decoder("xlsx").unwrap();
    let few = filled(MIB, "<sst>", "<si><t>a</t></si>", "</sst>");
    assert_eq!(read(decoder, book("xl/sharedStrings.xml", few)), Ok(Verdict::Refused));
}
