//! What can happen to nodes, and what people do at them.

use super::*;

impl World {
    /// Whether a node's process runs.
    pub fn is_up(&self, name: impl Into<Name>) -> bool {
        self.node(name.into()).process.is_some()
    }

    /// Starts a node on what its disk has.
    pub fn start(&mut self, name: impl Into<Name>) {
        let name = name.into();
        let (now, writer) = (self.now, self.rng.random());
        let node = self.node_mut(name);
        if node.process.is_some() {
            return;
        }
        node.start(writer, now);
        self.step(name, What::Does("starts"));
        for other in self.node(name).friends.clone() {
            self.dial(name, other, 0, 2_000);
        }
    }

    /// Ends a process: all that is not on its disk is gone, and its links with it.
    pub fn crash(&mut self, name: impl Into<Name>) {
        let name = name.into();
        let Some(process) = self.node_mut(name).process.take() else { return };
        self.step(name, What::Does("crashes"));
        if !process.work.is_empty() {
            self.tally.note("lost in a crash");
        }
        for link in self.links_of(name) {
            let end = self.links[&link].end_of(name);
            self.links.get_mut(&link).unwrap().open[end] = false;
            self.hang_up(link, 1 - end);
        }
    }

    /// Ends a process without anybody being told, as when a machine loses its power.
    pub fn vanish(&mut self, name: impl Into<Name>) {
        let name = name.into();
        for link in self.links_of(name) {
            self.links.get_mut(&link).unwrap().silent = true;
        }
        self.crash(name);
    }

    /// What a node has on its disk now.
    pub fn backup(&self, name: impl Into<Name>) -> Backup {
        Backup(self.node(name.into()).disk.clone())
    }

    /// Stops a node, puts a backup on its disk and starts it again.
    pub fn restore(&mut self, name: impl Into<Name>, backup: &Backup) {
        let name = name.into();
        self.crash(name);
        self.step(name, What::Does("is restored"));
        self.tally.note("restore");
        self.exchange_disk(name, backup.0.clone());
        self.start(name);
    }

    /// Makes a node that held whatever it liked keep to the rules, also in what it holds already.
    pub fn make_lawful(&mut self, name: impl Into<Name>) {
        let name = name.into();
        if !self.node(name).disk.lawless {
            return;
        }
        self.crash(name);
        self.step(name, What::Does("mends its ways"));
        let mut disk = Disk::default();
        for (change, source) in self.node(name).disk.log() {
            let form = self.plants.form(change);
            if form.as_ref().is_ok_and(|form| self.truth.allows(&form.hash)) {
                disk.write(vec![(change.clone(), form)], source);
            }
        }
        self.exchange_disk(name, disk);
        self.start(name);
    }

    fn exchange_disk(&mut self, name: Name, disk: Disk) {
        let old = std::mem::replace(&mut self.node_mut(name).disk, disk);
        self.truth.removed(old.hashes());
        let disk = &self.nodes[name.place()].disk;
        for hash in disk.hashes() {
            self.truth.held(&hash, disk.lawless);
        }
    }

    /// Lets a node take nothing in any more, and so acknowledge nothing.
    pub fn stall(&mut self, name: impl Into<Name>) {
        self.node_mut(name.into()).process.as_mut().unwrap().stalled = true;
    }

    /// Lets one read or write in so many fail from now on; none with 0.
    pub fn fail_one_in(&mut self, count: u32) {
        self.failing = count;
    }

    /// Lets a node hold whatever it makes or gets.
    pub fn make_lawless(&mut self, name: impl Into<Name>) {
        self.node_mut(name.into()).disk.lawless = true;
    }

    /// Makes a node accept a center, or not any more.
    pub fn accept(&mut self, name: impl Into<Name>, other: impl Into<Name>, yes: bool) {
        let (name, other) = (name.into(), other.into());
        let accepts = &mut self.node_mut(name).accepts;
        let changed = if yes { accepts.insert(other) } else { accepts.remove(&other) };
        if !changed {
            return;
        }
        let known = self.node(name).accepts.iter();
        let roster = Roster::new(known.map(|other| self.node(*other).introduction()).collect());
        self.node_mut(name).roster = roster.clone();
        if self.is_up(name) {
            self.step(name, What::Does("changes its roster"));
            self.feed(name, Input::RosterChanged(roster));
        }
    }

    /// Lets people at a node do something.
    pub fn people(&mut self, name: impl Into<Name>, deed: Deed) {
        let name = name.into();
        if let Some(process) = &mut self.node_mut(name).process {
            process.work.push_back(Work::Own(deed));
            if process.work.len() == 1 {
                self.write_later(name);
            }
        }
    }

    /// Puts records of a node's on its disk and on the disks of others, as if long ago. The nodes
    /// are started anew.
    pub fn plant(&mut self, steward: impl Into<Name>, others: impl Into<Names>, count: usize) {
        let (steward, mut holders) = (steward.into(), others.into().0);
        let node = self.node(steward);
        let (center, node) = (node.center, node.node);
        let author = Author { center, node, epoch: 1, writer: self.rng.random() };
        let records: Vec<Arc<SignedChange>> =
            (0..count).map(|_| self.plants.record(&author, &mut self.rng)).collect();
        holders.push(steward);
        for name in &holders {
            self.crash(*name);
        }
        for record in &records {
            let form = self.plants.form(record).unwrap();
            self.truth.saved(&record.key, record.generation, &form, true, self.now);
        }
        for name in holders.iter().rev() {
            let source = Some(author.center).filter(|_| *name != steward);
            let batch = records.iter().map(|one| (one.clone(), self.plants.form(one))).collect();
            self.write(*name, batch, source);
        }
        for name in holders {
            self.start(name);
        }
    }

    /// Makes a node forget how far others have its log.
    pub fn forget_checkpoints(&mut self, name: impl Into<Name>) {
        self.node_mut(name.into()).disk.checkpoints.clear();
    }

    /// Writes a batch on a node's disk, and looks at what that has done.
    pub(super) fn write(
        &mut self,
        name: Name,
        batch: Vec<(Arc<SignedChange>, Result<Form, Refusal>)>,
        source: Option<CenterId>,
    ) -> Written {
        let written = self.node_mut(name).disk.write(batch, source);
        let disk = &self.nodes[name.place()].disk;
        for hash in &written.added {
            let born = self.truth.held(hash, disk.lawless);
            if let (Some(_), Some(arrivals)) = (source, &mut self.arrivals) {
                arrivals.note(*hash, born, self.now);
            }
        }
        for (key, hash) in &written.replaced {
            self.truth.replaced(hash, disk.held(key).unwrap());
        }
        if let Some(committed) = written.committed.as_ref().filter(|_| !disk.lawless) {
            for (key, _) in &committed.versions {
                disk.check(key, |change| self.plants.form(change).unwrap());
            }
        }
        written
    }
}
