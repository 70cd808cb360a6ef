//! Looking things up: searches, single records, whole kinds.

use std::collections::BTreeSet;

use hospes_desk::shown::{Answer, Row, Shown};
use hospes_domain::{Kind, RecordKey};
use hospes_store::StoreError;
use hospes_sync::ChangeHash;

use super::find::find_record;
use super::present::Presenter;
use super::relief;
use crate::center::Center;
use crate::desk::network::which::center_of;
use crate::desk::refused::Refused;
use crate::machine::clock;
use hospes_desk::search::{Asked, OURS, Understood, understand};

/// Records of a whole kind that are read from the store at once.
const PAGE: u32 = 200;

/// What somebody asks for, with the center that they name.
pub(crate) async fn understood(center: &Center, asked: Asked) -> Result<Understood, Refused> {
    let steward = match asked.steward.trim() {
        "" => None,
        OURS => Some(center.own.center),
        name => Some(center_of(center, "steward", name).await?),
    };
    understand(asked, steward, clock::now()).map_err(|found| found.as_slice().into())
}

/// Searches.
pub(crate) async fn search(center: &Center, asked: Asked) -> Result<Answer, Refused> {
    let asked = understood(center, asked).await?;
    let now = clock::now();
    let found = center.store.search(&asked.query, now).await?;
    let mut presenter = Presenter::new(center, now);
    let hits: Vec<_> = found.hits.into_iter().map(|hit| presenter.hit(hit, &asked)).collect();
    let nothing = hits.is_empty() && asked.query.offset == 0;
    let instead =
        if nothing { relief::of(&center.store, &asked.query, now).await? } else { Vec::new() };
    let (more, total, places) = (found.more, found.total, asked.places);
    Ok(Answer { hits, more, total, places, instead })
}

/// One record with all that is known of it; see [`find_record`].
pub(crate) async fn get(center: &Center, id: &str, kind: Option<Kind>) -> Result<Shown, Refused> {
    let record = find_record(center, id, kind).await?;
    let heads = heads_of(center, &record.key).await?;
    let rows = center.store.import_marks_of(&record.key).await?;
    let rows = rows.into_iter().map(|mark| Row { source: mark.source, external: mark.external });
    let shown = Presenter::new(center, clock::now()).record(record);
    Ok(Shown { heads, rows: rows.collect(), ..shown })
}

/// The next shown records of a kind after one, all or only our own, and the last that was looked at;
/// `None` when there are no more.
pub(crate) async fn next_page(
    center: &Center,
    kind: Kind,
    after: Option<RecordKey>,
    ours: bool,
) -> Result<Option<(RecordKey, Vec<Shown>)>, Refused> {
    let page = center.store.list(kind, after, PAGE).await?;
    let Some(last) = page.last().map(|last| last.key) else { return Ok(None) };
    let own = center.own.center;
    let wanted = page.into_iter().filter(|of| of.shown && (!ours || of.key.steward == own));
    let mut presenter = Presenter::new(center, clock::now());
    Ok(Some((last, wanted.map(|record| presenter.record(record)).collect())))
}

/// The changes that a record's document is built of and that no other is built on.
pub(crate) async fn heads_of(
    center: &Center,
    key: &RecordKey,
) -> Result<Vec<[u8; 32]>, StoreError> {
    let held = center.store.held(&[*key]).await?;
    let Some(record) = held.get(key) else { return Ok(Vec::new()) };
    let (mut applied, _) = record.held.applicable();
    applied.retain(|hash| !record.left_out.contains(hash));
    let below: BTreeSet<ChangeHash> = applied
        .iter()
        .filter_map(|hash| record.held.changes.get(hash))
        .flat_map(|form| form.deps.iter().copied())
        .collect();
    let mut heads: Vec<[u8; 32]> =
        applied.into_iter().filter(|hash| !below.contains(hash)).map(|hash| hash.0).collect();
    heads.sort_unstable();
    Ok(heads)
}
