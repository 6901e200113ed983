//! Where a run keeps its snapshots, and what befalls it: a folder, or a bucket behind a shutter.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use futures::TryStreamExt;
use needle::storage::runtime::Threads;
use needle::storage::store;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};

use super::mount::Mount;
use super::shutter::{Passing, Shutter};
use crate::support::s3::{self, OwnS3, S3};

/// What befalls a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    Gone,
    Full,
    ReadOnly,
    Slow,
    /// Answers that break off, puts that are done and not acknowledged.
    Torn,
    /// Bytes of the newest files are not what they were.
    Corrupt,
    /// The newest files are half there.
    HalfWritten,
}

pub struct Store {
    pub url: String,
    kind: Kind,
}

enum Kind {
    Folder(Folder),
    Bucket(Bucket),
}

impl Store {
    /// A bucket on a server of its own, or a folder below `parent`.
    pub fn open(bucket: bool, parent: &Path) -> Self {
        if bucket {
            return Self { url: format!("s3://{}/faults", s3::BUCKET), kind: Kind::Bucket(Bucket::open()) };
        }
        let folder = Folder::below(parent);
        Self { url: format!("file:{}", folder.root.display()), kind: Kind::Folder(folder) }
    }

    /// What the processes need in their environment.
    pub fn environment(&self) -> Vec<(String, String)> {
        match &self.kind {
            Kind::Folder(_) => Vec::new(),
            Kind::Bucket(bucket) => S3 { endpoint: bucket.shutter.endpoint.clone() }.environment(),
        }
    }

    /// As `environment`, but past whatever befalls the store.
    pub fn direct(&self) -> Vec<(String, String)> {
        match &self.kind {
            Kind::Folder(_) => Vec::new(),
            Kind::Bucket(bucket) => bucket.server.server.environment(),
        }
    }

    /// Whether this kind of store can be made to have it.
    pub fn knows(&self, trouble: Trouble) -> bool {
        match &self.kind {
            Kind::Folder(folder) => folder.knows(trouble),
            Kind::Bucket(_) => true,
        }
    }

    /// It lasts until `heal`.
    pub fn harm(&mut self, trouble: Trouble) -> io::Result<()> {
        let flip = |bytes: &mut Vec<u8>| {
            let middle = bytes.len() / 2;
            bytes.get_mut(middle).into_iter().for_each(|byte| *byte ^= 0x10);
        };
        match trouble {
            Trouble::Corrupt => return self.damage(flip),
            Trouble::HalfWritten => return self.damage(|bytes| bytes.truncate(bytes.len() / 2)),
            _ => {}
        }
        match &self.kind {
            Kind::Folder(folder) => folder.harm(trouble),
            Kind::Bucket(bucket) => {
                bucket.shutter.set(Passing::under(trouble));
                Ok(())
            }
        }
    }

    /// It is as a store should be again; what was damaged stays so.
    pub fn heal(&mut self) -> io::Result<()> {
        match &self.kind {
            Kind::Folder(folder) => folder.heal(),
            Kind::Bucket(bucket) => {
                bucket.shutter.set(Passing::Open);
                Ok(())
            }
        }
    }

    /// The newest object of every folder: entries, and files of leads.
    fn damage(&self, harm: impl Fn(&mut Vec<u8>)) -> io::Result<()> {
        let threads = Threads::start("damage", 1)?;
        let store = store::open_with(&self.url, &self.direct()).map_err(io::Error::other)?;
        threads.wait_for(async {
            let objects: Vec<ObjectMeta> = store.list(None).try_collect().await?;
            let mut newest: BTreeMap<String, ObjectMeta> = BTreeMap::new();
            for object in objects {
                let folder = object.location.as_ref().rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
                if newest.get(&folder).is_none_or(|known| known.last_modified < object.last_modified) {
                    newest.insert(folder, object);
                }
            }
            for object in newest.into_values() {
                // It may have been swept in the meantime.
                let Ok(read) = store.get(&object.location).await else { continue };
                let mut bytes = read.bytes().await?.to_vec();
                harm(&mut bytes);
                store.put(&object.location, bytes.into()).await?;
            }
            Ok(())
        })
    }
}

/// A file system of its own, small, where this process may mount one; else a folder, which cannot be full or read-only: the rights of
/// files do not bind root.
struct Folder {
    root: PathBuf,
    mount: Option<Mount>,
}

impl Folder {
    fn below(parent: &Path) -> Self {
        let outer = parent.join("disk");
        std::fs::create_dir_all(&outer).expect("a folder");
        let mount = Mount::at(&outer);
        Self { root: outer.join("kept"), mount }
    }

    fn knows(&self, trouble: Trouble) -> bool {
        match trouble {
            Trouble::Full | Trouble::ReadOnly => self.mount.is_some(),
            Trouble::Gone | Trouble::Corrupt | Trouble::HalfWritten => true,
            Trouble::Slow | Trouble::Torn => false,
        }
    }

    fn harm(&self, trouble: Trouble) -> io::Result<()> {
        match (trouble, &self.mount) {
            (Trouble::Full, Some(mount)) => mount.fill(),
            (Trouble::ReadOnly, Some(mount)) => mount.remount("ro"),
            (Trouble::Gone, _) if self.root.exists() => {
                std::fs::rename(&self.root, self.away())?;
                // Nobody makes it anew while a file has its name.
                std::fs::write(&self.root, "the folder is away")
            }
            _ => Ok(()),
        }
    }

    fn heal(&self) -> io::Result<()> {
        if let Some(mount) = &self.mount {
            mount.remount("rw")?;
            mount.empty()?;
        }
        if self.away().exists() {
            std::fs::remove_file(&self.root)?;
            std::fs::rename(self.away(), &self.root)?;
        }
        Ok(())
    }

    /// On the same file system.
    fn away(&self) -> PathBuf {
        self.root.with_extension("away")
    }
}

/// A bucket on a server of its own, of which every request comes through the shutter.
struct Bucket {
    server: OwnS3,
    shutter: Shutter,
}

impl Bucket {
    fn open() -> Self {
        let server = S3::own();
        let shutter = Shutter::before(&server.server.endpoint).expect("a free port");
        Self { server, shutter }
    }
}
