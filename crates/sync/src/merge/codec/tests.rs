#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;

fn values() -> impl Strategy<Value = Value> {
    let scalars = prop_oneof![
        "\\PC{0,8}".prop_map(Value::Text),
        any::<i64>().prop_map(Value::Integer),
        any::<bool>().prop_map(Value::Flag),
    ];
    scalars.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::List),
            prop::collection::btree_map("[a-c]{0,2}", inner, 0..6).prop_map(Value::Map),
        ]
    })
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..40)
}

fn edits() -> impl Strategy<Value = Edit> {
    prop_oneof![
        ("[a-z]{1,4}", values()).prop_map(|(field, value)| Edit::Put { field, value }),
        "[a-z]{1,4}".prop_map(|field| Edit::Clear { field }),
        ("[a-z]{1,4}", any::<u32>(), any::<u32>(), "\\PC{0,8}").prop_map(
            |(field, at, delete, insert)| {
                let key = "ru".to_owned();
                Edit::Splice { field, key, at, delete, insert }
            }
        ),
    ]
}

prop_compose! {
    fn merge_jobs()(
        base in prop::option::of(bytes()),
        chunks in prop::collection::vec(bytes(), 0..4),
        keep_snapshot: bool,
    ) -> MergeJob {
        MergeJob { kind: Kind::Offer, base, chunks, keep_snapshot }
    }
}

prop_compose! {
    fn edit_jobs()(
        job in merge_jobs(),
        at in prop::option::of(prop::collection::vec(any::<[u8; 32]>().prop_map(ChangeHash), 0..3)),
        edits in prop::collection::vec(edits(), 0..4),
        actor: [u8; 16],
        grants in prop::collection::vec(any::<[u8; 32]>().prop_map(CenterId), 0..3),
    ) -> EditJob {
        let MergeJob { base, chunks, keep_snapshot, .. } = job;
        EditJob { kind: Kind::Template, base, chunks, at, edits, actor, grants, keep_snapshot }
    }
}

fn views() -> impl Strategy<Value = Result<View, String>> {
    let fields = prop::collection::btree_map("[a-z]{1,4}", values(), 0..5);
    prop_oneof![fields.prop_map(|fields| Ok(View { fields })), "\\PC{0,8}".prop_map(Err),]
}

prop_compose! {
    fn merged()(
        outcome in views(),
        left_out in prop::collection::vec(
            any::<u32>().prop_map(|index| (index, Refusal::ForeignActor)), 0..3),
        snapshot in prop::option::of(bytes()),
    ) -> Merged {
        Merged { outcome, left_out, snapshot }
    }
}

prop_compose! {
    fn edited()(
        view in views(),
        chunks in prop::collection::vec(bytes(), 0..3),
        snapshot in prop::option::of(bytes()),
    ) -> Edited {
        Edited { chunks, view, snapshot }
    }
}

fn payload(frame: &[u8]) -> &[u8] {
    let (prefix, payload) = frame.split_first_chunk::<4>().unwrap();
    assert_eq!(payload_length(*prefix).unwrap(), payload.len());
    payload
}

proptest! {
    #[test]
    fn requests_are_read_back(
        merges in prop::collection::vec(merge_jobs(), 0..4),
        edits in prop::collection::vec(edit_jobs(), 0..4),
    ) {
        for request in [Request::Merge(merges), Request::Edit(edits)] {
            let frame = encode_request(&request).unwrap();
            prop_assert_eq!(decode_request(payload(&frame)).unwrap(), request);
        }
    }

    #[test]
    fn responses_are_read_back(
        merged in prop::collection::vec(merged(), 0..4),
        edited in prop::collection::vec(edited(), 0..4),
    ) {
        for response in [Response::Merged(merged), Response::Edited(edited)] {
            let frame = encode_response(&response).unwrap();
            prop_assert_eq!(decode_response(payload(&frame)).unwrap(), response);
        }
    }

    #[test]
    fn no_bytes_make_the_daemon_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode_response(&bytes);
        let _ = decode_request(&bytes);
    }

    #[test]
    fn no_mutation_of_a_response_makes_the_daemon_panic(
        merged in prop::collection::vec(merged(), 1..3),
        place: prop::sample::Index,
        byte: u8,
    ) {
        let mut frame = encode_response(&Response::Merged(merged)).unwrap();
        let place = place.index(frame.len());
        frame[place] = byte;
        let _ = decode_response(frame.get(4..).unwrap());
    }
}

/// A response of one view with these bytes for fields.
fn response(fields: Vec<u8>) -> Vec<u8> {
    let wire = WireResponse {
        edited: false,
        answers: vec![WireAnswer {
            view: Ok(Blob(Cow::Owned(fields))),
            chunks: Vec::new(),
            snapshot: None,
        }],
        left_out: Vec::new(),
    };
    frame(&wire).unwrap().split_off(4)
}

#[test]
fn a_million_lists_in_each_other_do_not_end_the_stack() {
    let mut fields = Vec::new();
    write_count(&mut fields, 1);
    write_text(&mut fields, "x");
    for _ in 0..1_000_000 {
        fields.push(LIST);
        write_count(&mut fields, 1);
    }
    let error = decode_response(&response(fields)).unwrap_err();
    assert!(error.to_string().contains("too deep"), "{error}");
}

#[test]
fn counts_that_the_bytes_cannot_hold_allocate_nothing() {
    let mut fields = Vec::new();
    write_count(&mut fields, usize::MAX);
    assert!(decode_response(&response(fields)).is_err());
    // Four thousand million answers.
    assert!(decode_response(&[0, 0xff, 0xff, 0xff, 0xff, 0x0f]).is_err());
}

#[test]
fn more_answers_than_a_request_may_have_are_refused() {
    let answers = vec![
        Merged { outcome: Err(String::new()), left_out: Vec::new(), snapshot: None };
        MAX_JOBS + 1
    ];
    let frame = encode_response(&Response::Merged(answers)).unwrap();
    assert!(decode_response(payload(&frame)).is_err());
}

#[test]
fn a_frame_beyond_the_bound_is_not_read() {
    assert!(payload_length([0x02, 0, 0, 0]).is_ok());
    assert!(payload_length([0x02, 0, 0, 1]).is_err());
    let job = MergeJob {
        kind: Kind::Offer,
        base: Some(vec![0; MAX_FRAME]),
        chunks: Vec::new(),
        keep_snapshot: false,
    };
    let error = encode_request(&Request::Merge(vec![job])).unwrap_err();
    assert!(matches!(error, FrameError::TooLarge { .. }), "{error}");
}

#[test]
fn an_answer_fits_only_its_own_question() {
    let job =
        MergeJob { kind: Kind::Offer, base: None, chunks: vec![Vec::new()], keep_snapshot: false };
    let request = Request::Merge(vec![job]);
    let answer = |left_out| Merged { outcome: Err(String::new()), left_out, snapshot: None };
    assert!(Response::Merged(vec![answer(vec![(0, Refusal::Orphan)])]).fits(&request));
    assert!(!Response::Merged(vec![answer(vec![(1, Refusal::Orphan)])]).fits(&request));
    assert!(!Response::Merged(Vec::new()).fits(&request));
    assert!(!Response::Edited(Vec::new()).fits(&request));
}
