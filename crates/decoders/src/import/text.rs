//! Markdown with front matter.

use std::collections::BTreeMap;

use hospes_admin::import::file::decode;
use hospes_admin::import::markdown::gather;
use hospes_admin::import::report::Report;
use hospes_domain::Kind;

use super::kept;
use crate::Verdict;
use crate::parts::parts;

/// One text, or several with a mark before each (see [`crate::parts`]).
pub fn markdown(bytes: &[u8]) -> Verdict {
    let mut files = parts(bytes);
    if files.is_empty() {
        files = BTreeMap::from([("letter.ru.md".to_owned(), bytes.to_vec())]);
    }
    let mut verdict = Verdict::Refused;
    for kind in [Kind::Template, Kind::Bulletin] {
        let mut report = Report::default();
        let texts = files
            .iter()
            .map(|(name, bytes)| decode(name, bytes.clone()).map(|text| (name.clone(), text)));
        if let Ok(rows) = gather(kind, texts, &mut report)
            && kept(kind, rows, report) == Verdict::Read
        {
            verdict = Verdict::Read;
        }
    }
    verdict
}
