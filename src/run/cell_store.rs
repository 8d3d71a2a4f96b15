//! Where finished cells are kept until all are.

use std::path::Path;

use crate::domain::Precision;
use crate::error::{Error, Result};
use crate::result::document::ResultDocument;
use crate::result::outcome_names::OutcomeNames;
use crate::run::outcomes::Outcomes;
use crate::run::prepare::Prepared;
use crate::run::request::Request;
use crate::store::saved_totals;
use crate::store::saved_totals::{Part, Saved};

/// A cell of a sweep on disk.
#[derive(serde::Serialize, serde::Deserialize)]
struct CellFile {
    document: ResultDocument,
}

/// The finished cells of a batch: of a single run its totals in memory, of a sweep their documents on disk, of a shard
/// their totals on disk.
pub struct Store<'a> {
    prepared: &'a Prepared,
    is_shard: bool,
    single: Option<(Saved, Option<Precision>)>,
    outcomes: Option<Outcomes<'a>>,
}

impl<'a> Store<'a> {
    /// Nothing in memory yet.
    pub fn new(prepared: &'a Prepared, request: &Request<'_>) -> Self {
        Self {
            prepared,
            is_shard: request.shard.is_some(),
            single: None,
            outcomes: request.outcomes.map(|format| Outcomes::new(prepared, format)),
        }
    }

    /// Whether a cell's totals are kept, and not its document alone.
    fn keeps_totals(&self) -> bool {
        self.is_shard || !self.prepared.facts.is_sweep()
    }

    /// Name of a cell's file.
    fn file(&self, cell: usize) -> String {
        format!("cells/{cell:05}.{}", if self.keeps_totals() { "bin" } else { "cell" })
    }

    /// Whether a cell is finished; a single run is taken up where it is. One with a precision may have stopped before the
    /// end of its part.
    ///
    /// # Errors
    /// [`Error::Failed`] when its file is there and cannot be read.
    pub fn has(&mut self, cell: usize, part: Part, precision: Option<Precision>) -> Result<bool> {
        let Some(bytes) = self.prepared.work.read(&self.file(cell))? else { return Ok(false) };
        let sha256 = &self.prepared.facts.cells[cell].sha256;
        if !self.keeps_totals() {
            return Ok(unsealed(&bytes).is_some_and(|file| file.document.scenario.sha256 == *sha256));
        }
        let Ok(saved) = saved_totals::decode::<Saved>(&bytes) else { return Ok(false) };
        let ends = saved.part == Part { end: saved.part.end, ..part }
            && (saved.part.end == part.end || precision.is_some());
        let is_whole = ends && saved.facts.summary.sha256 == *sha256;
        if is_whole && !self.is_shard {
            self.single = Some((saved, precision));
        }
        Ok(is_whole)
    }

    /// Whether what has not ended is worth keeping: rows of outcomes cannot be taken up again.
    pub fn keeps_work_at_hand(&self) -> bool {
        self.outcomes.is_none()
    }

    /// Keeps a finished cell, the one at `place` of those that are stepped.
    ///
    /// # Errors
    /// [`Error::Failed`] when it cannot be written.
    pub fn keep(
        &mut self,
        cell: usize,
        place: usize,
        saved: Saved,
        precision: Option<Precision>,
    ) -> Result<()> {
        if let Some(outcomes) = &mut self.outcomes {
            outcomes.close(place)?;
        }
        if self.keeps_totals() {
            self.prepared.work.write(&self.file(cell), &saved_totals::encode(&saved)?)?;
            self.single = Some((saved, precision)).filter(|_| !self.is_shard);
            return Ok(());
        }
        let document = saved.document(precision.as_ref());
        let file = CellFile { document };
        let text = serde_json::to_vec(&file)
            .map_err(|e| Error::failed(format_args!("a cell cannot be written as JSON: {e}")))?;
        self.prepared.work.write(&self.file(cell), &saved_totals::seal(&text))
    }

    /// The totals of a single run.
    pub fn single(&mut self) -> Option<(Saved, Option<Precision>)> {
        self.single.take()
    }

    /// The documents of a sweep's cells.
    ///
    /// # Errors
    /// [`Error::Failed`] when one cannot be read.
    pub fn documents(&self) -> Result<Vec<ResultDocument>> {
        let mut documents = Vec::with_capacity(self.prepared.facts.cells.len());
        for cell in 0..self.prepared.facts.cells.len() {
            let name = self.file(cell);
            let gone = || Error::failed(format_args!("{name} of the checkpoint is missing"));
            let bytes = self.prepared.work.read(&name)?.ok_or_else(gone)?;
            let file = unsealed(&bytes).ok_or_else(gone)?;
            documents.push(file.document);
        }
        Ok(documents)
    }

    /// Puts the files of a shard's cells, or of outcomes, into the result's folder.
    ///
    /// # Errors
    /// [`Error::Failed`] when that cannot be done.
    pub fn hand_over(&self, folder: &Path) -> Result<()> {
        if self.is_shard {
            let cells = 0..self.prepared.facts.cells.len();
            cells.map(|cell| self.file(cell)).try_for_each(|name| self.prepared.work.copy(&name, folder))?;
        }
        self.outcomes.as_ref().map_or(Ok(()), |outcomes| outcomes.hand_over(folder))
    }

    /// Begins the files of outcomes of the cells that are stepped next.
    ///
    /// # Errors
    /// [`Error::Failed`] when one cannot be made.
    pub fn open_outcomes(&mut self, cells: impl Iterator<Item = (usize, OutcomeNames)>) -> Result<()> {
        self.outcomes.as_mut().map_or(Ok(()), |outcomes| outcomes.open(cells))
    }

    /// Where rows go, if anywhere.
    pub fn outcomes(&mut self) -> Option<&mut Outcomes<'a>> {
        self.outcomes.as_mut()
    }
}

fn unsealed(bytes: &[u8]) -> Option<CellFile> {
    serde_json::from_slice(saved_totals::unseal(bytes).ok()?).ok()
}
