//! Kubernetes' own schemas admit every document, strictly, in the oldest and the newest version that the manifests are for.

use crate::ops_support::*;

/// Kinds that are no part of Kubernetes: whoever has their operators knows them.
const CUSTOM: [&str; 4] = ["PrometheusRule", "ScaledObject", "ServiceMonitor", "TriggerAuthentication"];
const VERSIONS: [&str; 2] = ["1.30", "1.37"];

#[test]
fn kubernetes_validate_accepts_all_that_it_knows() {
    let directory = tempfile::tempdir().expect("a directory");
    for folder in folders() {
        let file = write(directory.path(), "all.yaml", kustomize(&folder).stdout);
        for version in VERSIONS {
            let arguments = ["validate", "--strict", "-k", version];
            let checked = tool(&arguments).arg(&file).output().expect("it starts");
            let said = text(&checked.stdout) + &text(&checked.stderr);
            assert!(checked.status.success(), "{folder}, {version}: {said}");
            let passed = said.lines().filter(|line| line.contains(" passed for resource ")).count();
            let known = documents(&folder).iter().filter(|document| !CUSTOM.contains(&kind(document))).count();
            assert_eq!(passed, known, "{folder}, {version}: {said}");
        }
    }
}

#[test]
fn a_mistake_would_be_seen() {
    let directory = tempfile::tempdir().expect("a directory");
    let wrong = text(&kustomize("base").stdout).replace("minReadySeconds: 10", "minReadySecond: 10");
    let file = write(directory.path(), "all.yaml", wrong);
    let checked = tool(&["validate", "--strict", "-k", VERSIONS[1]]).arg(&file).output().expect("it starts");
    assert!(!checked.status.success(), "{}", text(&checked.stdout));
}
