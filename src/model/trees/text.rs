//! LightGBM's text format, versions 2 to 4.
//!
//! A model file is input from outside. Everything is checked here and once, so that whoever walks a [`Forest`] need not. Time and
//! memory are bounded by the length of the file, whatever numbers it declares. What LightGBM reads is read, unless it is listed here:
//! linear trees, leaves that are not finite, trees that do not fill their last iteration, a key that stands twice, and whatever
//! contradicts itself. In return a file with Windows' line ends is read, which LightGBM does not do.
//!
//! The format has no specification but LightGBM's sources: `gbdt_model_text.cpp`, `tree.cpp`, `tree.h`.
//!
//! ```text
//! tree                        header: what it is, names, classes, objective
//! version=v4
//! …
//! tree_sizes=542 563          bytes of each tree; not in the oldest files
//!
//! Tree=0                      trees: `key=list`, up to an empty line
//! num_leaves=4
//! …
//!
//! end of trees                not in the oldest files
//!
//! feature_importances:        passed over, and so is all that follows
//! ```

use error::quoted;
use header::{Header, TREE, TreeSizes};
use lines::{Line, Lines};

use super::forest::{Forest, Tree};

pub use error::TextError;

mod error;
mod header;
mod lines;
mod numbers;
mod objective;
mod shape;
mod tree;

/// A file with more bytes is not read. A thousand trees of 255 leaves have 27 MB.
pub const MAX_BYTES: usize = 256 << 20;

/// What may follow the trees.
const ENDS: [&[u8]; 4] = [b"end of trees", b"feature importances:", b"feature_importances:", b"parameters:"];

impl Forest {
    /// Reads a LightGBM text model and checks all of it.
    pub fn from_text(bytes: &[u8]) -> Result<Self, TextError> {
        if bytes.len() > MAX_BYTES {
            let reason = format!("the file has {} bytes, and at most {MAX_BYTES} are read", bytes.len());
            return Err(TextError::new(1, reason));
        }
        let mut lines = Lines::new(bytes);
        let (header, first) = Header::read(&mut lines)?;
        let Header { feature_names, classes, objective, averaged, tree_sizes } = header;
        let trees = trees(first, &mut lines, feature_names.len(), tree_sizes)?;
        if !trees.len().is_multiple_of(classes) {
            let reason =
                format!("the last of {} trees ends here, and that is no multiple of {classes} classes", trees.len());
            return Err(TextError::new(lines.number(), reason));
        }
        Ok(Self { feature_names, classes, objective, averaged, trees })
    }
}

fn trees(
    first: Line<'_>,
    lines: &mut Lines<'_>,
    features: usize,
    sizes: Option<TreeSizes>,
) -> Result<Vec<Tree>, TextError> {
    let mut trees = Vec::new();
    let mut places = Places { sizes, next_number: None, next_start: first.start as u64 };
    let mut line = first;
    loop {
        match line.split() {
            Some((TREE, number)) => places.check(trees.len(), line, number, lines.from_windows)?,
            _ if ENDS.contains(&line.bytes) => break,
            _ => {
                let reason =
                    format!("{} behind a tree, where `Tree=` or `end of trees` is expected", quoted(line.bytes));
                return Err(TextError::new(line.number, reason));
            }
        }
        trees.push(tree::read(line.number, lines, features)?);
        line = lines.next_filled().ok_or_else(|| {
            TextError::new(lines.number(), "the file ends behind a tree, where `Tree=` or `end of trees` is expected")
        })?;
    }
    places.check_count(trees.len())?;
    Ok(trees)
}

/// Where trees must begin, and under which numbers. LightGBM takes a tree from where `tree_sizes` puts it; it must not find another
/// one there than we do.
struct Places {
    sizes: Option<TreeSizes>,
    next_number: Option<u64>,
    next_start: u64,
}

impl Places {
    /// Checks tree `index`, whose first line is `line`.
    fn check(&mut self, index: usize, line: Line<'_>, number: &[u8], from_windows: bool) -> Result<(), TextError> {
        let read = std::str::from_utf8(number).ok().and_then(|number| number.parse::<u64>().ok());
        let Some(number) = read.filter(|&number| self.next_number.is_none_or(|next| next == number)) else {
            let next = self.next_number.unwrap_or_default();
            let reason = format!("{} follows, where `Tree={next}` is expected", quoted(line.bytes));
            return Err(TextError::new(line.number, reason));
        };
        self.next_number = number.checked_add(1);
        let Some(sizes) = &self.sizes else { return Ok(()) };
        if !from_windows && line.start as u64 != self.next_start {
            let reason =
                format!("byte {} of the file, where `tree_sizes` puts this tree at {}", line.start, self.next_start);
            return Err(TextError::new(line.number, reason));
        }
        self.next_start = self.next_start.saturating_add(sizes.bytes.get(index).copied().unwrap_or_default());
        Ok(())
    }

    fn check_count(&self, trees: usize) -> Result<(), TextError> {
        match &self.sizes {
            Some(sizes) if sizes.bytes.len() != trees => {
                let reason = format!("`tree_sizes`: {} numbers, where the file has {trees} trees", sizes.bytes.len());
                Err(TextError::new(sizes.line, reason))
            }
            _ => Ok(()),
        }
    }
}
