//! Where bundles lie below the store's root, and what may be the name of a version.

use object_store::path::{Path, PathPart};

/// The object that names the version that is served.
pub const CURRENT: &str = "CURRENT";
/// The folder of what trainings have to say, whether a model came of them or not.
pub const REPORTS: &str = "reports";

/// File systems want names of at most 255 bytes. A tenant's is escaped: other than letters of the Latin alphabet take 3 bytes for 1.
const LONGEST_FOLDER: usize = 200;
const LONGEST_VERSION: usize = 100;

/// The tenant's folder; `None` for one whose name is too long to have one.
pub fn tenant(tenant: &str) -> Option<Path> {
    let part = PathPart::from(tenant);
    (!tenant.is_empty() && part.as_ref().len() <= LONGEST_FOLDER).then(|| Path::from_iter([part]))
}

/// Whose folder it is, where it can be anybody's.
pub fn tenant_of(folder: &Path) -> Option<String> {
    let part = folder.filename()?;
    let name = decoded(part)?;
    // No second way to write a name: two folders would be one tenant's.
    (self::tenant(&name)?.as_ref() == part).then_some(name)
}

/// `acme/CURRENT`
pub fn current(tenant: &Path) -> Path {
    tenant.clone().join(CURRENT)
}

/// `acme/2026-11-20T06-00-00Z-5f0c/model.txt`
pub fn file(tenant: &Path, version: &str, file: &'static str) -> Path {
    tenant.clone().join(version).join(file)
}

/// `acme/reports/2026-11-20T06-00-00Z-5f0c.html`
pub fn report(tenant: &Path, name: &str) -> Path {
    tenant.clone().join(REPORTS).join(name)
}

/// Letters, digits, `.`, `_` and `-`: the same in any path, and in any shell.
pub fn is_version(name: &str) -> bool {
    let fits = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'-');
    (1..=LONGEST_VERSION).contains(&name.len())
        && name.bytes().all(fits)
        && !name.starts_with(['.', '-'])
        && name != CURRENT
        && name != REPORTS
}

/// Undoes the `%2F` of a path.
fn decoded(part: &str) -> Option<String> {
    let (mut bytes, mut rest) = (Vec::with_capacity(part.len()), part.as_bytes());
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let decoded = if byte == b'%' {
            let (digits, after) = rest.split_at_checked(2)?;
            rest = after;
            u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?
        } else {
            byte
        };
        bytes.push(decoded);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_one_tenants() {
        for name in ["default", "acme", "a b", "ü", "100%", "..", ".", "a~b", "%2F", "x\"y"] {
            let folder = tenant(name).expect("a folder");
            assert_eq!(tenant_of(&folder).as_deref(), Some(name), "{folder}");
            assert_eq!(folder.parts().count(), 1, "{folder}");
        }
        for other in ["%zz", "%2", "%61cme", "%C3"] {
            assert_eq!(tenant_of(&Path::parse(other).expect("a path")), None, "{other}");
        }
        assert_eq!((tenant(""), tenant(&"x".repeat(201)), tenant(&"ü".repeat(40))), (None, None, None));
    }

    #[test]
    fn a_version_is_one_plain_name() {
        let longest = "v".repeat(100);
        for good in ["2026-11-20T06-00-00Z-5f0c", "day-0", "1", "a.b_c", &longest] {
            assert!(is_version(good), "{good}");
        }
        let longer = "v".repeat(101);
        for bad in ["", ".", "..", ".hidden", "-x", "a/b", "a b", "ü", "a\n", "CURRENT", &longer] {
            assert!(!is_version(bad), "{bad:?}");
        }
    }
}
