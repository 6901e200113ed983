//! The image and the pods agree: user, port, folder, entry; it is built with the Rust that Cargo.toml names, and has the libraries that needle
//! is linked against.

use std::fs;
use std::process::Command;

use crate::ops_support::*;

fn dockerfile() -> String {
    fs::read_to_string(root().join("Dockerfile")).expect("the Dockerfile")
}

/// The last instruction of its name: that of the image which is shipped.
fn last(instruction: &str) -> String {
    let file = dockerfile();
    let line = file.lines().rev().find_map(|line| line.strip_prefix(instruction)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {instruction}")).trim().to_owned()
}

#[test]
fn pods_are_the_images_user_in_its_folder_at_its_port() {
    for folder in folders() {
        for (what, template) in templates(&folder) {
            let (pod, container) = (&template["spec"], &template["spec"]["containers"][0]);
            let context = &pod["securityContext"];
            assert_eq!(last("USER"), format!("{}:{}", context["runAsUser"], context["runAsGroup"]), "{what}");
            assert_eq!(last("WORKDIR"), container["workingDir"].as_str().expect("a folder"), "{what}");
            // The entry is needle itself, so that arguments are its own and signals reach it.
            assert!(container.get("command").is_none(), "{what}");
            if let Some(ports) = container.get("ports") {
                assert_eq!(last("EXPOSE"), ports[0]["containerPort"].to_string(), "{what}");
            }
        }
    }
    assert_eq!(last("ENTRYPOINT"), r#"["/usr/local/bin/needle"]"#);
}

#[test]
fn it_is_built_with_the_oldest_rust_that_will_do_on_the_debian_that_it_runs_on() {
    let cargo: toml::Table = fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml").parse().expect("TOML");
    let rust = cargo["package"]["rust-version"].as_str().expect("a version");
    let file = dockerfile();
    let images: Vec<_> = file.lines().filter_map(|line| line.strip_prefix("FROM ")).collect();
    let base = images.first().expect("an image").split(' ').next().expect("a name");
    let (version, debian) = base.strip_prefix("rust:").and_then(|tag| tag.split_once("-slim-")).expect("a slim Rust");
    assert_eq!(version, rust);
    assert_eq!(*images.last().expect("an image"), format!("debian:{debian}-slim"));
}

/// Debian's packages by the libraries that are in them, but for those that every Debian has.
const PACKAGES: [(&str, &str); 6] = [
    ("libgcc_s.so.1", "libgcc-s1"),
    ("libgomp.so.1", "libgomp1"),
    ("libssl.so.3", "libssl3"),
    ("libcrypto.so.3", "libssl3"),
    ("libstdc++.so.6", "libstdc++6"),
    ("libz.so.1", "zlib1g"),
];
const EVERYWHERE: [&str; 4] = ["linux-vdso", "ld-linux", "libc.so", "libm.so"];

#[test]
fn it_has_the_libraries_that_needle_is_linked_against() {
    let output = Command::new("ldd").arg(env!("CARGO_BIN_EXE_needle")).output().expect("ldd is there");
    let output = String::from_utf8_lossy(&output.stdout).into_owned();
    let names = output.lines().filter_map(|line| line.split_whitespace().next());
    let libraries: Vec<&str> = names.map(|name| name.rsplit('/').next().unwrap_or(name)).collect();
    // Training uses all cores: it is built with OpenMP.
    assert!(libraries.contains(&"libgomp.so.1"), "{output}");
    let file = dockerfile();
    let shipped = file.rsplit("\nFROM ").next().expect("an image");
    let install = shipped.lines().find(|line| line.contains("apt-get install")).expect("packages");
    let installed: Vec<&str> = install.split_whitespace().collect();
    for library in libraries.iter().filter(|library| !EVERYWHERE.iter().any(|name| library.starts_with(name))) {
        let package = PACKAGES.iter().find(|(name, _)| name == library).map(|(_, package)| *package);
        let package = package.unwrap_or_else(|| panic!("{library} is in a package that is not known here"));
        assert!(installed.contains(&package), "{library} needs {package}");
    }
}

#[test]
fn the_tag_is_this_version() {
    for folder in folders() {
        for (what, template) in templates(&folder) {
            let image = template["spec"]["containers"][0]["image"].as_str().expect("an image");
            assert!(image.ends_with(concat!("needle:", env!("CARGO_PKG_VERSION"))), "{what}: {image}");
        }
    }
}

/// What the build copies is let through, and what changes often is not.
#[test]
fn what_is_copied_is_not_ignored() {
    let ignored = fs::read_to_string(root().join(".dockerignore")).expect(".dockerignore");
    let let_through: Vec<_> = ignored.lines().filter_map(|line| line.strip_prefix('!')).collect();
    for needed in [".cargo", "Cargo.toml", "Cargo.lock", "LICENSE", "src", "benches", "tools/deps"] {
        assert!(let_through.contains(&needed), "{needed}");
        assert!(root().join(needed).exists(), "{needed}");
    }
    assert!(!let_through.contains(&"tests") && !let_through.contains(&"target"));
}
