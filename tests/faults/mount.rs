//! A small file system of a run's own, so that it can be full and read-only in earnest. Gone with the process, however that ends.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

/// Room for what a run keeps.
const SIZE: &str = "size=32m";
/// The file that fills it.
const BALLAST: &str = "ballast";

pub struct Mount {
    at: PathBuf,
    /// A shell that unmounts it when the pipe that only we hold closes.
    shell: Child,
    pipe: Option<ChildStdin>,
}

impl Mount {
    /// None where this process may not mount.
    pub fn at(folder: &Path) -> Option<Self> {
        let quiet = |command: &mut Command| command.stderr(Stdio::null()).status().is_ok_and(|status| status.success());
        quiet(Command::new("mount").args(["-t", "tmpfs", "-o", SIZE, "needle-faults"]).arg(folder)).then_some(())?;
        let mut shell = Command::new("sh");
        shell.args(["-c", "while read -r _; do :; done; umount -l \"$0\""]).arg(folder).stdin(Stdio::piped());
        use std::os::unix::process::CommandExt;
        let mut shell = shell.process_group(0).spawn().expect("sh starts");
        let pipe = shell.stdin.take();
        Some(Self { at: folder.to_owned(), shell, pipe })
    }

    pub fn remount(&self, how: &str) -> io::Result<()> {
        let status = Command::new("mount").args(["-o", &format!("remount,{how}")]).arg(&self.at).status()?;
        // While somebody writes it is busy; the next try finds a gap.
        if status.success() { Ok(()) } else { Err(io::Error::other(format!("remount,{how}: {status}"))) }
    }

    /// Until not a byte more finds room.
    pub fn fill(&self) -> io::Result<()> {
        let mut ballast = std::fs::File::create(self.at.join(BALLAST))?;
        for size in [1 << 20, 4096, 1] {
            let piece = vec![0; size];
            while ballast.write_all(&piece).is_ok() {}
        }
        Ok(())
    }

    pub fn empty(&self) -> io::Result<()> {
        match std::fs::remove_file(self.at.join(BALLAST)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        drop(self.pipe.take());
        let _ = self.shell.wait();
    }
}
