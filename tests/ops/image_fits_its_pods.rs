//! The image and the pods agree: user, port, folder, entry; and it is built with the Rust that Cargo.toml names.

use std::fs;

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
