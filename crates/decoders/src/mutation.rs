//! Good changes with errors in them, through all that a node does with a change.

use std::sync::OnceLock;

use hospes_document::Document;
use hospes_domain::Kind;
use hospes_sync::merge::{
    MergeJob, Merged, Request, Response, Suspects, decode_request, decode_response, encode_request,
    encode_response,
};
use hospes_sync::{Body, SignedChange, gate};

use crate::Verdict;
use crate::alteration::Alteration;
use crate::chunk::reframed;
use crate::people::Person;
use crate::quiet::quietly;
use crate::specimen::{Specimen, SpecimenRecord, chunk, offer};

/// Most errors in one change.
pub const ERRORS: usize = 8;

/// A good change with the errors that the bytes tell: a byte for which of [`Specimen::all`], a byte
/// for how much of its beginning is left alone, then four for each error.
///
/// It goes through signature, gate and merging, together with a record that nobody has altered.
/// Whatever becomes of it, that record is answered as ever, and the altered one is shown without the
/// change when it is left out.
pub fn mutated_changes(bytes: &[u8]) -> Verdict {
    let [which, keep, errors @ ..] = bytes else { return Verdict::Refused };
    let all = Specimen::all();
    let Some(specimen) = all.get(usize::from(*which) % all.len().max(1)) else {
        return Verdict::Refused;
    };
    let errors = errors.as_chunks().0.iter().take(ERRORS).map(|bytes| Alteration::read(*bytes));
    let Some(mutant) = mutant(specimen, usize::from(*keep), errors) else {
        return Verdict::Refused;
    };
    goes_through(specimen, &mutant)
}

/// A specimen's change with errors in its content, behind the first so many bytes, under the
/// signature of the good one. `None` when the errors undo each other.
pub fn mutant(
    specimen: &Specimen,
    keep: usize,
    errors: impl IntoIterator<Item = Alteration>,
) -> Option<SignedChange> {
    let altered = reframed(chunk(&specimen.change), |content| {
        errors.into_iter().for_each(|error| error.apply(content, keep));
    });
    let body = Body::Chunk(altered.ok()?);
    (body != specimen.change.body).then(|| SignedChange { body, ..specimen.change.clone() })
}

fn goes_through(specimen: &Specimen, mutant: &SignedChange) -> Verdict {
    let author = if mutant.author == narva().author() { narva() } else { riga() };
    assert!(
        !author.has_signed(&mutant.digest(), &mutant.signature),
        "a signature holds for another change"
    );
    // A hostile center signs what it likes; that is where the gate begins.
    if gate::read(mutant).is_err() {
        return Verdict::Refused;
    }
    let ground: Vec<Vec<u8>> =
        specimen.ground.iter().map(|change| chunk(change).to_vec()).collect();
    let job = |chunks| MergeJob { kind: mutant.key.kind, base: None, chunks, keep_snapshot: true };
    let with = job([ground.clone(), vec![chunk(mutant).to_vec()]].concat());
    let request = Request::Merge(vec![with, bystander().clone()]);
    let (altered, other) = pair(answered(&request));
    assert_eq!(other, *untouched(), "a change harms the record of somebody else");
    let last = ground.len();
    assert!(
        altered.left_out.iter().all(|(index, _)| *index as usize == last),
        "a good change is left out for a bad one"
    );
    if let Some(saved) = &altered.snapshot {
        assert!(Document::load(saved).is_ok(), "what is stored does not load again");
    }
    if altered.left_out.is_empty() {
        return Verdict::of(&altered.outcome);
    }
    let (without, _) = pair(answered(&Request::Merge(vec![job(ground), bystander().clone()])));
    assert_eq!(altered.outcome, without.outcome, "a change that is left out leaves something");
    Verdict::Refused
}

/// The answer to a request, with the search for the culprit when the library panics over it.
fn answered(request: &Request) -> Response {
    let passed = encode_request(request).map(|frame| decode_request(frame.split_at(4).1));
    assert_eq!(passed.as_ref().ok().and_then(|read| read.as_ref().ok()), Some(request));
    let ask = |request: Request| quietly(|| hospes_document::answer(request));
    let response = ask(request.clone()).unwrap_or_else(|| {
        let mut suspects = Suspects::new(request.clone());
        while let Some(question) = suspects.next() {
            match ask(question) {
                Some(response) => suspects.answered(response),
                None => suspects.died(),
            }
        }
        suspects.finish()
    });
    assert!(response.fits(request));
    let passed = encode_response(&response).map(|frame| decode_response(frame.split_at(4).1));
    assert_eq!(passed.as_ref().ok().and_then(|read| read.as_ref().ok()), Some(&response));
    response
}

fn pair(response: Response) -> (Merged, Merged) {
    let none = || Merged { outcome: Err(String::new()), left_out: Vec::new(), snapshot: None };
    let mut answers = match response {
        Response::Merged(answers) => answers.into_iter(),
        Response::Edited(_) => Vec::new().into_iter(),
    };
    (answers.next().unwrap_or_else(none), answers.next().unwrap_or_else(none))
}

fn narva() -> &'static Person {
    static NARVA: OnceLock<Person> = OnceLock::new();
    NARVA.get_or_init(Person::narva)
}

fn riga() -> &'static Person {
    static RIGA: OnceLock<Person> = OnceLock::new();
    RIGA.get_or_init(Person::riga)
}

/// A good record that stands in the same batch.
pub fn bystander() -> &'static MergeJob {
    static JOB: OnceLock<MergeJob> = OnceLock::new();
    JOB.get_or_init(|| {
        let changes =
            SpecimenRecord::new(riga().clone(), Kind::Offer, 9).save(&offer()).unwrap_or_default();
        let chunks = changes.iter().map(|change| chunk(change).to_vec()).collect();
        MergeJob { kind: Kind::Offer, base: None, chunks, keep_snapshot: true }
    })
}

/// What becomes of it by itself.
fn untouched() -> &'static Merged {
    static MERGED: OnceLock<Merged> = OnceLock::new();
    MERGED
        .get_or_init(|| pair(hospes_document::answer(Request::Merge(vec![bystander().clone()]))).0)
}
