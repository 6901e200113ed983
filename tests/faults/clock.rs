//! The time of day as the processes see it; it can be made to jump.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;

pub struct Clock {
    file: File,
    path: PathBuf,
    library: PathBuf,
}

impl Clock {
    /// None where the library cannot be made: it takes Linux' C library and a C compiler.
    pub fn make(folder: &Path) -> Option<Self> {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults/clock.c");
        let (library, path) = (folder.join("clock.so"), folder.join("clock-step"));
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-O1", "-pthread", "-o"]).arg(&library).arg(source);
        compiler.status().is_ok_and(|status| status.success()).then_some(())?;
        let file =
            File::create(&path).and_then(|file| file.write_all_at(&0_i64.to_ne_bytes(), 0).map(|()| file)).ok()?;
        Some(Self { file, path, library })
    }

    pub fn environment(&self) -> Vec<(String, String)> {
        let text = |path: &Path| path.display().to_string();
        vec![("LD_PRELOAD".into(), text(&self.library)), ("CLOCK_STEP_FILE".into(), text(&self.path))]
    }

    /// From now on it is so many seconds later than it is.
    pub fn step(&self, seconds: i64) -> io::Result<()> {
        self.file.write_all_at(&seconds.to_ne_bytes(), 0)
    }
}
