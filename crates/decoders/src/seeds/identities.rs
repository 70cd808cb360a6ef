//! Certificates, center files, ids and keyslots.

use anyhow::Result;
use hospes_identity::certificate::CenterFile;
use hospes_identity::{RecoveryPhrase, TrusteeSecret, fingerprint};

use super::basket::Basket;
use crate::people::Person;

pub(super) fn fill(basket: &mut Basket) -> Result<()> {
    let (narva, riga) = (Person::narva(), Person::riga());
    let pair = |node: &Person, center: &Person| -> Result<Vec<u8>> {
        let (node, center) = (node.chain().node().der(), center.chain().center().der());
        let length = u16::try_from(node.len())?.to_be_bytes();
        Ok([length.as_slice(), node, center].concat())
    };
    basket.add("chain", "narva", pair(&narva, &narva)?);
    basket.add("chain", "riga", pair(&riga, &riga)?);
    basket.add("chain", "hostile-a-node-of-another-center", pair(&narva, &riga)?);
    let center = narva.chain().center().der();
    let length = u16::try_from(center.len())?.to_be_bytes();
    let twice = [length.as_slice(), center, center].concat();
    basket.add("chain", "hostile-the-center-twice", twice);
    basket.add("chain", "hostile-a-length-without-end", [255; 40]);

    let file = |person: &Person, name: Option<&str>| CenterFile {
        center: person.chain().center().clone(),
        name: name.map(str::to_owned),
        address: name.map(|_| "node.example.org:7600".to_owned()),
    };
    let named = file(&narva, Some("Haus Søren, Нарва")).to_pem();
    basket.add("center_file", "named", named.clone());
    basket.add("center_file", "bare", file(&riga, None).to_pem());
    basket.add("center_file", "quoted", named.replace('\n', "\r\n> > "));
    basket.add("center_file", "hostile-two", [named.clone(), named.clone()].concat());
    let other = fingerprint::groups(&riga.center());
    let mixed = named.replace(&fingerprint::groups(&narva.center()), &other);
    basket.add("center_file", "hostile-another-id", mixed);
    let secret = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    basket.add("center_file", "hostile-a-secret", secret);
    basket.add("center_file", "hostile-cut-off", named.split_at(named.len() / 2).0);
    let painted = named.replace("Haus", "\u{1b}[2J\u{202e}Haus");
    basket.add("center_file", "hostile-letters-that-turn", painted);

    let groups = fingerprint::groups(&narva.center());
    basket.add("center_id", "groups", groups.clone());
    basket.add("center_id", "lower-case", groups.to_lowercase().replace('-', " \n"));
    basket.add("center_id", "hostile-turned", groups.chars().rev().collect::<String>());
    basket.add("center_id", "hostile-long", groups.repeat(9));
    basket.add("center_id", "hostile-wide-letters", "Ａ".repeat(63));

    // What is sealed is never the same twice: the good file of this corpus was written once.
    let header = |format: u16, length: u16, size: u64, release: &str| {
        let (ids, time) = ([5_u8; 64], 1_764_158_400_000_i64.to_be_bytes());
        let mut bytes = b"hospes backup\r\n\x1a".to_vec();
        bytes.extend(format.to_be_bytes());
        bytes.extend(length.to_be_bytes());
        bytes.extend([ids.as_slice(), &time, &size.to_be_bytes(), release.as_bytes()].concat());
        bytes
    };
    basket.add("backup", "hostile-header-only", header(1, 92, 100, "hospes 0.1.0"));
    basket.add("backup", "hostile-a-newer-format", header(2, 92, 100, "hospes 9.9.9"));
    basket.add("backup", "hostile-a-size-without-end", header(1, 92, u64::MAX, "hospes 0.1.0"));
    basket.add("backup", "hostile-a-length-without-end", header(1, u16::MAX, 100, "hospes 0.1.0"));
    basket.add("backup", "hostile-a-release-that-turns", header(1, 86, 100, "\u{1b}[2Jab"));
    let nothing = [header(1, 92, 1 << 40, "hospes 0.1.0"), vec![0; 1_300]].concat();
    basket.add("backup", "hostile-nothing-sealed", nothing);
    basket.add("keyslots", "one", slots(1, &[slot(0, 262_144)]));
    basket.add("keyslots", "none", slots(1, &[]));
    basket.add("keyslots", "of-a-newer-sort", slots(1, &[r#"{"kind":"token"}"#.to_owned()]));
    basket.add("keyslots", "hostile-a-newer-format", slots(3, &[]));
    basket.add("keyslots", "trustees", slots(2, &[slot(0, 8), trustees(1, 2, 3)]));
    basket.add("keyslots", "hostile-one-of-three", slots(2, &[trustees(0, 1, 3)]));
    basket.add("keyslots", "hostile-a-crowd", slots(2, &[trustees(0, 2, 10)]));
    basket.add("keyslots", "hostile-two-crowds", slots(2, &[trustees(0, 2, 3), trustees(1, 2, 3)]));
    basket.add("keyslots", "hostile-one-name-twice", slots(2, &[slot(0, 8), slot(1, 8)]));
    basket.add("keyslots", "hostile-too-many", slots(1, &vec![slot(0, 8); 9]));
    basket.add("keyslots", "hostile-a-cost-without-end", slots(1, &[slot(0, u32::MAX)]));
    basket.add("keyslots", "hostile-in-each-other", "[".repeat(400));

    let key = trustee()?.key().to_text();
    basket.add("trustee_key", "key", key.clone());
    basket.add("trustee_key", "broken-into-lines", key.to_uppercase().replace('7', "7\r\n "));
    basket.add("trustee_key", "hostile-cut-off", key.split_at(key.len() / 2).0);
    basket.add("trustee_key", "hostile-another", key.replacen("aa", "ab", 1).replacen('q', "r", 1));
    basket.add("trustee_key", "hostile-long", key.repeat(3));
    // As it was made once: shares are of randomness.
    let share = SHARE.concat();
    basket.add("share", "share", share.clone());
    basket.add("share", "typed", share.to_uppercase().replace('-', " "));
    basket.add("share", "hostile-cut-off", share.split_at(share.len() - 2).0);
    basket.add("share", "hostile-a-letter-else", share.replacen("-aeba", "-aebb", 1));
    basket.add("share", "hostile-a-key", key);
    Ok(())
}

const SHARE: [&str; 2] = [
    "hospes-share1-aebagb-achq6t-4p2aif-begrcf-izd",
    "uqs-kkjnge-2tspkb-iveu2u-kvlfow-czljns-34gnru",
];

/// A trustee for ever the same.
fn trustee() -> Result<TrusteeSecret> {
    let words = format!("{}art", "abandon ".repeat(23));
    Ok(RecoveryPhrase::parse(&words)?.trustee_key()?)
}

/// Trustees of whom the numbers and names are as they should be, and nothing else.
fn trustees(number: u32, needed: u8, of: usize) -> String {
    let share = |place| {
        let trustee = format!("{place:02x}").repeat(32);
        format!(r#"{{"trustee":"{trustee}","encapsulated":"00","sealed":"00"}}"#)
    };
    let shares = (0..of).map(share).collect::<Vec<_>>().join(",");
    format!(
        r#"{{"kind":"trustees","number":{number},"label":"trustees-{number}","needed":{needed},
            "shares":[{shares}],"nonce":"00","wrapped":"00","checksum":"00"}}"#
    )
}

fn slots(format: u32, slots: &[String]) -> String {
    let database = "0f".repeat(16);
    let slots = slots.join(",");
    format!(r#"{{"format":{format},"database":"{database}","slots":[{slots}]}}"#)
}

fn slot(number: u32, memory_kib: u32) -> String {
    let (salt, nonce, wrapped) = ("5a".repeat(16), "5b".repeat(12), "5c".repeat(48));
    format!(
        r#"{{"kind":"passphrase","number":{number},
            "cost":{{"memory_kib":{memory_kib},"passes":3,"lanes":1}},
            "salt":"{salt}","nonce":"{nonce}","wrapped":"{wrapped}","checksum":"0011223344556677"}}"#
    )
}
