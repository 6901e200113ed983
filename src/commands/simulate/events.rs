//! Where simulated events go: lines of a file, or a topic.

use std::io::{self, Write};

use super::packed::Packed;
use crate::commands::Failure;
use crate::config::Config;
use crate::log::kafka::EventWriter;
use crate::simulate::Happening;

/// The word that means the topic rather than a file.
pub const KAFKA: &str = "kafka";

pub enum Events {
    Lines { name: String, lines: Packed },
    Topic(EventWriter),
}

impl Events {
    /// # Errors
    /// A file that cannot be made; brokers that do not answer.
    pub fn create(out: &str, config: &Config) -> Result<Self, Failure> {
        if out == KAFKA {
            let writer = EventWriter::connect(config).map_err(anyhow::Error::from)?;
            return Ok(Self::Topic(writer));
        }
        let lines = Packed::create(out).map_err(|error| named(out, error))?;
        Ok(Self::Lines { name: out.to_owned(), lines })
    }

    pub fn write(&mut self, happening: &Happening) -> Result<(), Failure> {
        match self {
            Self::Lines { name, lines } => {
                let written = lines.write_all(&happening.event).and_then(|()| lines.write_all(b"\n"));
                written.map_err(|error| named(name, error))
            }
            Self::Topic(writer) => {
                let written = writer.write(&happening.key, &happening.event, happening.at_ms);
                Ok(written.map_err(anyhow::Error::from)?)
            }
        }
    }

    pub fn finish(self) -> Result<(), Failure> {
        match self {
            Self::Lines { name, lines } => lines.finish().map_err(|error| named(&name, error)),
            Self::Topic(writer) => Ok(writer.finish().map_err(anyhow::Error::from)?),
        }
    }
}

/// An error with the file's name; standard output's are the caller's to judge, since its reader may have had enough.
pub fn named(name: &str, error: io::Error) -> Failure {
    if name == "-" { Failure::Output(error) } else { anyhow::anyhow!("{name}: {error}").into() }
}
