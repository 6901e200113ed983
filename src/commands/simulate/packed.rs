//! A file to write, packed as its name says; `-` is standard output.

use std::fs::File;
use std::io::{self, BufWriter, Write};

/// Bytes written at once.
const BUFFER_BYTES: usize = 1 << 16;

/// `.gz` and `.zst` pack; other names are written as they are.
pub enum Packed {
    Plain(BufWriter<Box<dyn Write>>),
    Gz(Box<flate2::write::GzEncoder<BufWriter<Box<dyn Write>>>>),
    #[cfg(feature = "zstd")]
    Zst(zstd::Encoder<'static, BufWriter<Box<dyn Write>>>),
}

impl Packed {
    /// What is there already is overwritten.
    ///
    /// # Errors
    /// Those of the file; a name that this build cannot pack.
    pub fn create(name: &str) -> io::Result<Self> {
        let extension = name.rsplit_once('.').map(|(_, extension)| extension);
        if cfg!(not(feature = "zstd")) && extension == Some("zst") {
            return Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "this build cannot write .zst: it lacks the feature `zstd`",
            ));
        }
        let raw: Box<dyn Write> = if name == "-" { Box::new(io::stdout()) } else { Box::new(File::create(name)?) };
        let raw = BufWriter::with_capacity(BUFFER_BYTES, raw);
        Ok(match extension {
            Some("gz") => Self::Gz(Box::new(flate2::write::GzEncoder::new(raw, flate2::Compression::default()))),
            #[cfg(feature = "zstd")]
            Some("zst") => Self::Zst(zstd::Encoder::new(raw, zstd::DEFAULT_COMPRESSION_LEVEL)?),
            _ => Self::Plain(raw),
        })
    }

    /// Writes what is still held, and the file's end.
    pub fn finish(self) -> io::Result<()> {
        match self {
            Self::Plain(mut raw) => raw.flush(),
            Self::Gz(packer) => packer.finish()?.flush(),
            #[cfg(feature = "zstd")]
            Self::Zst(packer) => packer.finish()?.flush(),
        }
    }
}

impl Write for Packed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(raw) => raw.write(bytes),
            Self::Gz(packer) => packer.write(bytes),
            #[cfg(feature = "zstd")]
            Self::Zst(packer) => packer.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(raw) => raw.flush(),
            Self::Gz(packer) => packer.flush(),
            #[cfg(feature = "zstd")]
            Self::Zst(packer) => packer.flush(),
        }
    }
}
