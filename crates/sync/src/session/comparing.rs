//! The part of a session that finds out whether, and where, two catalogues differ.

use hospes_domain::{CircleId, NodeId, Timestamp};

use super::{Outcome, REVIEW_EVERY, Session};
use crate::effect::{Agreement, Effect};
use crate::frame::{Frame, Ranges, Summary};
use crate::reconcile::Snapshot;
use crate::world::World;

/// Comparisons of a circle without agreement, until the next review. One is enough unless
/// something is being refused; comparing again would not change that.
const MAX_RUNS: u32 = 4;
/// Comparisons that the other side may open between two reviews.
const MAX_RUNS_TAKEN: u32 = 64;
/// Frames of ranges taken between two reviews; a run over a million records needs far fewer.
const MAX_RANGE_FRAMES: u32 = 20_000;

/// A circle as a session sees it.
#[derive(Debug, Default)]
pub(super) struct View {
    count: u64,
    sum: u128,
    theirs: Option<Summary>,
    told: Option<Summary>,
    /// Whether our sums are to be told although we agree.
    due: bool,
    agreed: bool,
    run: Option<Run>,
    runs: u32,
}

/// A comparison under way.
#[derive(Debug)]
struct Run {
    snapshot: Snapshot,
    /// Whether the step that is coming in has said anything.
    heard: bool,
    /// Whether we have said anything to it.
    said: bool,
}

impl View {
    /// A record adds something else now than before.
    pub(super) fn moved(&mut self, before: Option<u128>, now: u128) {
        match before {
            Some(before) => self.sum = self.sum.wrapping_sub(before),
            None => self.count += 1,
        }
        self.sum = self.sum.wrapping_add(now);
    }

    /// A side that tells its sums may not have ours, or not the present ones.
    pub(super) fn heard(&mut self, theirs: Summary) {
        self.theirs = Some(theirs);
        self.due = true;
    }

    fn end_run(&mut self) {
        self.run = None;
        self.tell_again();
    }

    fn tell_again(&mut self) {
        self.told = None;
        self.due = true;
    }
}

impl Session {
    /// (Re)counts the circles over the stewards that both sides accept.
    ///
    /// A run goes on: what it finds is a hint, and another one follows if the sums still differ.
    pub(super) fn begin(&mut self, now: Timestamp, world: &World) {
        let (Some(key), Some(_)) = (self.key, &self.accepts) else { return };
        let mut views = std::mem::take(&mut self.views);
        for (circle, catalogue) in &world.circles {
            let view = views.entry(*circle).or_default();
            (view.count, view.sum) = (0, 0);
            for (record, version) in
                catalogue.entries(|steward| self.shared(steward, &world.roster))
            {
                view.count += 1;
                view.sum = view.sum.wrapping_add(key.lift(&record, &version));
            }
        }
        for view in views.values_mut() {
            view.agreed = false;
            // Sums over other stewards say nothing any more.
            view.theirs = None;
            view.runs = 0;
            view.tell_again();
        }
        self.views = views;
        self.next_review = now.plus(REVIEW_EVERY);
    }

    pub(super) fn agreed(&self) -> bool {
        self.accepts.is_some() && self.views.values().all(|view| view.agreed)
    }

    /// Whether a run waits for the other side.
    pub(super) fn comparing(&self) -> bool {
        self.views.values().any(|view| view.run.is_some())
    }

    /// Tells the sums again, so that what went wrong unnoticed is found.
    pub(super) fn review(&mut self) {
        self.runs_taken = 0;
        self.range_frames = 0;
        self.take.forget_orphans();
        for view in self.views.values_mut() {
            // What could not be agreed upon gets one more chance, not all of them again.
            view.runs = if view.runs > MAX_RUNS { MAX_RUNS - 1 } else { 0 };
            view.tell_again();
        }
    }

    /// Says what our part of each circle adds up to, until the two sides agree.
    pub(super) fn summarize(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let mut summaries = Vec::new();
        for (circle, view) in &mut self.views {
            if view.run.is_some() || (view.agreed && !view.due) {
                continue;
            }
            let summary = Summary {
                circle: *circle,
                count: view.count,
                fingerprint: view.sum,
                sent: self.out.sent(),
                admitted: self.take.dealt_with(),
            };
            view.due = false;
            if view.told != Some(summary) {
                view.told = Some(summary);
                summaries.push(summary);
            }
        }
        for summary in summaries {
            self.say(now, Frame::Summary(summary), effects);
        }
    }

    /// Compares sums when both were taken with nothing under way, and opens a run of
    /// reconciliation when they differ. Of two sides, the lower node opens it.
    pub(super) fn compare(&mut self, now: Timestamp, world: &World, effects: &mut Vec<Effect>) {
        let mut differ = Vec::new();
        let mut newly_agreed = false;
        let mut compared = false;
        for (circle, view) in &mut self.views {
            let Some(theirs) = view.theirs else { continue };
            let under_way =
                theirs.sent != self.take.dealt_with() || theirs.admitted != self.out.sent();
            if view.run.is_some() || under_way {
                continue;
            }
            compared = true;
            if theirs.count == view.count && theirs.fingerprint == view.sum {
                newly_agreed |= !view.agreed;
                view.agreed = true;
                view.runs = 0;
            } else {
                view.agreed = false;
                differ.push(*circle);
            }
        }
        if compared {
            self.caught_up(now, effects);
        }
        if newly_agreed && self.agreed() {
            self.take.forget_orphans();
            effects.push(Effect::Report(Agreement::InSync(self.center)));
        }
        if self.opens(world.node) {
            for circle in differ {
                self.open_run(now, circle, world, effects);
            }
        }
    }

    /// Whether it is for us to open runs.
    fn opens(&self, own: NodeId) -> bool {
        own < self.node
    }

    fn open_run(
        &mut self,
        now: Timestamp,
        circle: CircleId,
        world: &World,
        effects: &mut Vec<Effect>,
    ) {
        let Some(view) = self.views.get_mut(&circle) else { return };
        if view.runs >= MAX_RUNS {
            if view.runs == MAX_RUNS {
                view.runs += 1;
                effects.push(Effect::Report(Agreement::CannotAgree(self.center)));
            }
            return;
        }
        view.runs += 1;
        view.theirs = None;
        effects.push(Effect::Report(Agreement::Reconciling(self.center)));
        let Some(snapshot) = self.snapshot(circle, world) else { return };
        let mut frames = snapshot.open();
        mark_last(&mut frames, circle);
        self.start_run(now, circle, snapshot);
        for frame in frames {
            self.say(now, Frame::Ranges(frame), effects);
        }
    }

    fn start_run(&mut self, now: Timestamp, circle: CircleId, snapshot: Snapshot) {
        self.last_progress = now;
        let run = Run { snapshot, heard: false, said: false };
        self.views.entry(circle).or_default().run = Some(run);
    }

    fn snapshot(&self, circle: CircleId, world: &World) -> Option<Snapshot> {
        let key = self.key.as_ref()?;
        let entries =
            world.circles.get(&circle).into_iter().flat_map(|catalogue| {
                catalogue.entries(|steward| self.shared(steward, &world.roster))
            });
        Some(Snapshot::new(circle, key, entries))
    }

    pub(super) fn ranges(
        &mut self,
        now: Timestamp,
        frame: &Ranges,
        world: &World,
        effects: &mut Vec<Effect>,
    ) -> Outcome {
        let circle = frame.circle;
        self.range_frames += 1;
        if self.range_frames > MAX_RANGE_FRAMES {
            return Err("ranges that never end".to_owned());
        }
        let Some(view) = self.views.get(&circle) else {
            return Err("ranges of a circle of which no sums were told".to_owned());
        };
        if view.run.is_none() {
            if self.opens(world.node) || frame.ranges.is_empty() {
                return Err("ranges that belong to nothing".to_owned());
            }
            self.runs_taken += 1;
            if self.runs_taken > MAX_RUNS_TAKEN {
                return Err("comparisons that never agree".to_owned());
            }
            let Some(snapshot) = self.snapshot(circle, world) else { return Ok(()) };
            self.start_run(now, circle, snapshot);
        }
        self.last_progress = now;
        let Some(view) = self.views.get_mut(&circle) else { return Ok(()) };
        let Some(run) = &mut view.run else { return Ok(()) };
        let step = run.snapshot.answer(frame).map_err(|misstep| misstep.to_string())?;
        run.heard |= !frame.ranges.is_empty();
        run.said |= !step.reply.is_empty();
        let mut replies = step.reply;
        if frame.last {
            // A step that says nothing ends the run on the side that hears it, and so does one
            // that leaves nothing to be said on the side that says so.
            let (heard, said) = (run.heard, run.said);
            (run.heard, run.said) = (false, false);
            if heard {
                mark_last(&mut replies, circle);
            }
            if !heard || !said {
                view.end_run();
            }
        }
        for reply in replies {
            self.say(now, Frame::Ranges(reply), effects);
        }
        self.out.push(circle, &step.push);
        self.out.ask(circle, &step.ask);
        self.out.compare(circle, &step.compare);
        Ok(())
    }
}

/// Marks the end of a step, with a frame of its own if there is no other.
fn mark_last(frames: &mut Vec<Ranges>, circle: CircleId) {
    match frames.last_mut() {
        Some(frame) => frame.last = true,
        None => frames.push(Ranges { circle, lower: Vec::new(), ranges: Vec::new(), last: true }),
    }
}
