//! What the daemon and its merge worker say to each other.

use hospes_sync::merge::{
    FrameError, MAX_JOBS, Request, Response, decode_request, decode_response, encode_request,
    encode_response,
};
use hospes_worker::{Confinement, GREETING};

use crate::Verdict;

/// A request without its length.
pub fn request(bytes: &[u8]) -> Verdict {
    let Ok(request) = decode_request(bytes) else { return Verdict::Refused };
    let jobs = match &request {
        Request::Merge(jobs) => jobs.len(),
        Request::Edit(jobs) => jobs.len(),
    };
    assert!(jobs <= MAX_JOBS);
    says_the_same(&request, encode_request(&request), decode_request);
    Verdict::Read
}

/// A response without its length. It comes from a process that works on foreign bytes.
pub fn response(bytes: &[u8]) -> Verdict {
    let Ok(response) = decode_response(bytes) else { return Verdict::Refused };
    says_the_same(&response, encode_response(&response), decode_response);
    let jobs = match &response {
        Response::Merged(answers) => answers.len(),
        Response::Edited(answers) => answers.len(),
    };
    assert!(jobs <= MAX_JOBS);
    let (merge, edit) = (Request::Merge(Vec::new()), Request::Edit(Vec::new()));
    let nothing_asked = response.fits(&merge) || response.fits(&edit);
    assert_eq!(nothing_asked, jobs == 0, "it answers a question that has other jobs");
    Verdict::Read
}

/// The first words of a worker.
pub fn greeting(bytes: &[u8]) -> Verdict {
    let mut greeting = [0; GREETING];
    if bytes.len() > greeting.len() {
        return Verdict::Refused;
    }
    for (to, from) in greeting.iter_mut().zip(bytes) {
        *to = *from;
    }
    let Ok(told) = Confinement::read(&greeting) else { return Verdict::Refused };
    assert_eq!(Confinement::read(&told.greeting()).as_ref(), Ok(&told));
    assert!(!told.in_force().is_empty());
    assert!(told.missing().iter().all(|words| !words.is_empty()));
    Verdict::Read
}

fn says_the_same<T: PartialEq + std::fmt::Debug>(
    value: &T,
    frame: Result<Vec<u8>, FrameError>,
    read: impl Fn(&[u8]) -> Result<T, FrameError>,
) {
    // Its length takes the first four bytes.
    let again = frame.and_then(|frame| read(frame.get(4..).unwrap_or_default()));
    assert_eq!(again.as_ref(), Ok(value), "a frame changes its meaning when it is passed on");
}
