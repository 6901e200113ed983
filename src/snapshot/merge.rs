//! Merges sorted files of one tenant: each lead's newest row, in order. Holds some thousand rows and one file of each run.

use std::collections::VecDeque;

use super::data::Open;
use super::file::Kind;
use super::gather::{FILE_ROWS, GATHERED_BYTES};
use super::head::FileRef;
use super::passed_over::Reason;
use super::places::{FileName, Places};
use super::rows::Rows;

/// Runs that are merged at once, at most: what bounds memory.
pub(super) const FAN_IN: usize = 16;

/// Files whose leads ascend, within each and from each to the next. Rows of later runs stand over those of earlier ones.
pub(super) type Run = VecDeque<FileRef>;

/// Cuts a tenant's files into runs: those of one base ascend together, an increment's may not.
pub(super) fn runs<'a>(places: &Places, files: impl Iterator<Item = &'a FileRef>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for file in files {
        let base = base_of(places, file);
        match runs.last_mut() {
            Some(last) if base.is_some() && last.back().and_then(|before| base_of(places, before)) == base => {
                last.push_back(file.clone());
            }
            _ => runs.push(Run::from([file.clone()])),
        }
    }
    runs
}

/// The base that a file is of; all files of one say the same.
pub(super) fn base_of<'p>(places: &Places, file: &'p FileRef) -> Option<FileName<'p>> {
    places.file_name(&file.path).filter(|name| name.kind == Kind::Base)
}

/// What a merge needs next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The next file of that run.
    Wants(usize),
    /// The rows that it has are a file's.
    Full,
    /// There are no more rows than it has.
    Done,
}

pub(super) struct Merge {
    sources: Vec<Source>,
    /// Merged, and not taken yet.
    rows: Rows,
    /// The last lead that was merged.
    last: Vec<u8>,
}

struct Source {
    left: Run,
    open: Option<(Open, FileRef)>,
    /// Rows of the open file that were handed over, and those of them that are merged.
    found: u64,
    rows: Rows,
    at: usize,
}

impl Merge {
    pub fn new(runs: impl IntoIterator<Item = Run>) -> Self {
        let source = |left| Source { left, open: None, found: 0, rows: Rows::default(), at: 0 };
        Self { sources: runs.into_iter().map(source).collect(), rows: Rows::default(), last: Vec::new() }
    }

    /// The file that [`Step::Wants`] asks for.
    pub fn wanted(&self, run: usize) -> Option<&FileRef> {
        self.sources.get(run)?.left.front()
    }

    /// Opened, the file that [`Step::Wants`] asks for.
    pub fn give(&mut self, run: usize, open: Open) {
        if let Some(source) = self.sources.get_mut(run)
            && let Some(file) = source.left.pop_front()
        {
            (source.open, source.found) = (Some((open, file)), 0);
        }
    }

    pub fn take_rows(&mut self) -> Rows {
        std::mem::take(&mut self.rows)
    }

    /// Goes on until something is wanted.
    pub fn step(&mut self) -> Result<Step, Reason> {
        loop {
            for (run, source) in self.sources.iter_mut().enumerate() {
                if !source.fill()? {
                    return Ok(Step::Wants(run));
                }
            }
            if self.rows.len() == FILE_ROWS || self.rows.bytes() > GATHERED_BYTES {
                return Ok(Step::Full);
            }
            if !self.merge_one()? {
                return Ok(Step::Done);
            }
        }
    }

    /// Merges the lead that comes next, of which each source has a row that is its next one, or none. False: there is none.
    fn merge_one(&mut self) -> Result<bool, Reason> {
        let Self { sources, rows, last } = self;
        let next = sources.iter().filter_map(|source| Some((source.rows.get(source.at)?, source)));
        // Of equal ones the last is the newest.
        let next = next.reduce(|newest, other| if other.0.key <= newest.0.key { other } else { newest });
        let Some((row, source)) = next else { return Ok(false) };
        if !last.is_empty() && row.key <= last.as_slice() {
            let path = source.open.as_ref().map(|(_, file)| file.path.clone()).unwrap_or_default();
            return Err(Reason::FileUnreadable { path, cause: "its leads are not in order".into() });
        }
        last.clear();
        last.extend_from_slice(row.key);
        rows.push(row);
        for source in sources {
            if source.rows.get(source.at).is_some_and(|row| row.key == last.as_slice()) {
                source.at += 1;
            }
        }
        Ok(true)
    }
}

impl Source {
    /// Sees to it that the next row is at hand, or that there is none. False: its next file is wanted.
    fn fill(&mut self) -> Result<bool, Reason> {
        while self.at == self.rows.len() {
            let Some((open, file)) = &mut self.open else { return Ok(self.left.is_empty()) };
            self.at = 0;
            self.rows.clear();
            let rows = &mut self.rows;
            open.read(&mut |row| rows.push(row))?;
            self.found += self.rows.len() as u64;
            if self.rows.is_empty() {
                if self.found != file.rows {
                    let (path, expected, found) = (file.path.clone(), file.rows, self.found);
                    return Err(Reason::FileRows { path, expected, found });
                }
                self.open = None;
            }
        }
        Ok(true)
    }
}
