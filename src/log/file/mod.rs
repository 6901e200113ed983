//! Files as a log, for `needle replay`: lines come in, lines go out, a commit is a flush.
//!
//! There is one partition, assigned at once, and nobody to share it with. What a line means, and how a dead letter is
//! written down, is given from outside.

mod input;
mod lines;
mod log;
mod results;

pub use input::{Inputs, LineReader, MAX_LINE_BYTES, Progress};
pub use lines::{Line, Lines};
pub use log::{FileLog, FileReader};
pub use results::{DeadLetterFormat, RESULT_FILES, Results};
