//! What the desk says and is asked, as messages.

use hospes_desk::search::Asked;
use hospes_desk::shown::{Answer, Relief, Saved, Shown, ShownHit};
use hospes_domain::id::hex;

use crate::local;
use crate::value::fields_to_wire;

impl From<Shown> for local::Record {
    fn from(shown: Shown) -> Self {
        let rows = shown
            .rows
            .into_iter()
            .map(|mark| local::ImportedRow { source: mark.source, external_id: mark.external });
        Self {
            id: shown.key.id.to_string(),
            kind: shown.key.kind.name().to_owned(),
            steward: shown.key.steward.to_string(),
            steward_name: shown.steward_name,
            circle: shown.key.circle.to_string(),
            generation: shown.generation,
            version: hex(&shown.version),
            fields: fields_to_wire(&shown.fields),
            freshness: shown.freshness.name().to_owned(),
            freshness_note: shown.freshness_note,
            ours: shown.ours,
            erased: shown.erased,
            left_out: shown.left_out,
            introduced_by: shown.introduced_by,
            heads: shown.heads.iter().map(|head| hex(head)).collect(),
            rows: rows.collect(),
        }
    }
}

impl From<ShownHit> for local::Hit {
    fn from(hit: ShownHit) -> Self {
        Self {
            distance_km: hit.distance_km,
            headline: hit.headline,
            record: Some(hit.record.into()),
        }
    }
}

impl From<Answer> for local::SearchResponse {
    fn from(answer: Answer) -> Self {
        Self {
            hits: answer.hits.into_iter().map(Into::into).collect(),
            more: answer.more,
            total: answer.total,
            places: answer.places,
            instead: answer.instead.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Relief> for local::Relief {
    fn from(relief: Relief) -> Self {
        let Relief { without, count, more, within_km, late, night } = relief;
        Self { without, count, more, within_km, late, night }
    }
}

impl From<Saved> for local::Saved {
    fn from(saved: Saved) -> Self {
        Self {
            id: saved.key.id.to_string(),
            version: hex(&saved.version),
            changed: saved.changed,
            warnings: saved.warnings.iter().map(ToString::to_string).collect(),
        }
    }
}

impl From<local::SearchRequest> for Asked {
    fn from(request: local::SearchRequest) -> Self {
        let facets = request.facets.into_iter();
        Self {
            kind: request.kind,
            text: request.text,
            country: request.country,
            region: request.region,
            near: request.near,
            within_km: request.within_km,
            night: request.night,
            nights: request.nights,
            adults: request.adults,
            children: request.children,
            party: request.party,
            pets: request.pets,
            step_free: request.step_free,
            women_only: request.women_only,
            languages: request.languages,
            facets: facets.map(|(name, any)| (name, any.values)).collect(),
            include_stale: request.include_stale,
            steward: request.steward,
            limit: request.limit,
            offset: request.offset,
        }
    }
}
