//! Lines of one file, whatever it is packed in.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

/// Bytes read at once.
const BUFFER_BYTES: usize = 1 << 16;

/// How far one line was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// A whole line is in the buffer, without its end.
    Whole,
    /// It goes on beyond the bound.
    TooLong,
    /// The file has no more lines.
    End,
}

/// An open input file, unpacked, line by line.
pub struct Lines {
    reader: BufReader<Box<dyn Read>>,
}

impl Lines {
    /// Opens `name`: `-` is standard input; `.gz` and `.zst` are unpacked. Bytes as they lie in the file are counted in
    /// `read`.
    pub fn open(name: &str, read: Rc<Cell<u64>>) -> io::Result<Lines> {
        let raw: Box<dyn Read> = if name == "-" { Box::new(io::stdin().lock()) } else { Box::new(File::open(name)?) };
        let counted = Counted { raw, read };
        let unpacked: Box<dyn Read> = match extension(name) {
            Some("gz") => Box::new(flate2::read::MultiGzDecoder::new(BufReader::with_capacity(BUFFER_BYTES, counted))),
            Some("zst") => unzstd(counted)?,
            _ => Box::new(counted),
        };
        Ok(Lines { reader: BufReader::with_capacity(BUFFER_BYTES, unpacked) })
    }

    /// Replaces `line` by the next line, of at most `max` bytes.
    pub fn next(&mut self, line: &mut Vec<u8>, max: usize) -> io::Result<Line> {
        line.clear();
        // Two more: the end of a line may have two bytes.
        let read = (&mut self.reader).take(max as u64 + 2).read_until(b'\n', line)?;
        if read == 0 {
            return Ok(Line::End);
        }
        if line.last() == Some(&b'\n') {
            line.pop();
            if line.last() == Some(&b'\r') {
                line.pop();
            }
        }
        Ok(if line.len() > max { Line::TooLong } else { Line::Whole })
    }

    /// Whether the next line would have to be waited for, where the file is a pipe.
    pub fn is_drained(&self) -> bool {
        self.reader.buffer().is_empty()
    }
}

pub(super) fn extension(name: &str) -> Option<&str> {
    std::path::Path::new(name).extension().and_then(|extension| extension.to_str())
}

#[cfg(feature = "zstd")]
fn unzstd(packed: Counted) -> io::Result<Box<dyn Read>> {
    Ok(Box::new(zstd::stream::read::Decoder::new(packed)?))
}

#[cfg(not(feature = "zstd"))]
fn unzstd(_: Counted) -> io::Result<Box<dyn Read>> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "this build cannot read .zst: it lacks the feature `zstd`"))
}

/// Counts what is read of the file itself.
struct Counted {
    raw: Box<dyn Read>,
    read: Rc<Cell<u64>>,
}

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let bytes = self.raw.read(into)?;
        self.read.set(self.read.get() + bytes as u64);
        Ok(bytes)
    }
}
