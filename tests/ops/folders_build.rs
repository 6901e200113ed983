//! `kubectl kustomize` makes of the base and of each overlay something that can be applied: without errors and deprecations, each
//! object once, in one namespace.

use std::collections::BTreeSet;

use crate::ops_support::*;

#[test]
fn each_folder_is_built_without_a_word() {
    for folder in folders() {
        let made = kustomize(&folder);
        assert!(made.status.success(), "{folder}: {}", text(&made.stderr));
        assert_eq!(text(&made.stderr), "", "{folder}");
    }
}

#[test]
fn each_object_is_there_once() {
    for folder in folders() {
        let mut seen = BTreeSet::new();
        for document in documents(&folder) {
            assert!(
                seen.insert((kind(document), name(document))),
                "{folder}: {} {} twice",
                kind(document),
                name(document)
            );
        }
        assert!(seen.contains(&("StatefulSet", "needle")), "{folder}");
    }
}

#[test]
fn an_overlay_lies_in_a_namespace_of_its_own() {
    for folder in folders().iter().filter(|folder| folder.starts_with("overlays/")) {
        let namespace = name(the(folder, "Namespace"));
        for document in documents(folder).iter().filter(|document| kind(document) != "Namespace") {
            let at = document["metadata"]["namespace"].as_str();
            assert_eq!(at, Some(namespace), "{folder}: {} {}", kind(document), name(document));
        }
    }
}

#[test]
fn everything_bears_the_recommended_labels() {
    for folder in folders() {
        for document in documents(&folder).iter().filter(|document| kind(document) != "Namespace") {
            let label = document["metadata"]["labels"]["app.kubernetes.io/name"].as_str();
            assert_eq!(label, Some("needle"), "{folder}: {} {}", kind(document), name(document));
        }
    }
}
