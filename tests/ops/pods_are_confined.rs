//! Pods run under Kubernetes' restricted profile: nobody's root, nothing written but to what is mounted for it, no more than they need.

use serde_json::{Value, json};

use crate::ops_support::*;

fn each_pod(check: impl Fn(&str, &Value)) {
    let all: Vec<_> = folders().iter().flat_map(|folder| templates(folder)).collect();
    assert_eq!(all.len(), 2 * folders().len(), "scoring and training in each folder");
    all.iter().for_each(|(what, template)| check(what, &template["spec"]));
}

#[test]
fn nobody_is_root() {
    each_pod(|what, pod| {
        let context = &pod["securityContext"];
        assert_eq!(context["runAsNonRoot"], true, "{what}");
        assert!(context["runAsUser"].as_u64().is_some_and(|user| user > 0), "{what}");
        assert_eq!(context["seccompProfile"]["type"], "RuntimeDefault", "{what}");
        let container = &pod["containers"][0]["securityContext"];
        assert_eq!(container["allowPrivilegeEscalation"], false, "{what}");
        assert_eq!(container["capabilities"], json!({ "drop": ["ALL"] }), "{what}");
    });
}

#[test]
fn nothing_is_written_but_to_bounded_volumes() {
    each_pod(|what, pod| {
        let container = &pod["containers"][0];
        assert_eq!(container["securityContext"]["readOnlyRootFilesystem"], true, "{what}");
        let volumes = pod["volumes"].as_array().expect("volumes");
        let mut written = Vec::new();
        for mount in container["volumeMounts"].as_array().expect("mounts") {
            let volume = volumes.iter().find(|volume| volume["name"] == mount["name"]);
            let volume = volume.unwrap_or_else(|| panic!("{what}: no volume {}", mount["name"]));
            if volume.get("emptyDir").is_some() {
                assert!(volume["emptyDir"]["sizeLimit"].is_string(), "{what}: {} has no bound", mount["name"]);
                written.push(mount["mountPath"].as_str().expect("a path"));
            } else {
                assert_eq!(mount["readOnly"], true, "{what}: {}", mount["name"]);
            }
        }
        let working = container["workingDir"].as_str().expect("a working directory");
        assert!(written.contains(&working), "{what}: relative paths lie in {working}, which cannot be written");
        assert!(written.contains(&"/tmp"), "{what}");
    });
}

#[test]
fn folders_of_snapshots_and_models_can_be_written() {
    for folder in folders() {
        let mounts = &templates(&folder)[0].1["spec"]["containers"][0]["volumeMounts"];
        for key in ["NEEDLE_SNAPSHOTS__URL", "NEEDLE_MODELS__URL"] {
            let url = config_map(&folder, "needle-places")[key].as_str().expect("text");
            let Some(path) = url.strip_prefix("file:") else { continue };
            let paths = mounts.as_array().expect("mounts").iter().filter(|mount| mount["name"] == "data");
            let mut paths = paths.filter_map(|mount| mount["mountPath"].as_str());
            assert!(paths.any(|mounted| path.starts_with(mounted)), "{folder}: {url}");
        }
    }
}

#[test]
fn everything_has_a_limit() {
    each_pod(|what, pod| {
        let resources = &pod["containers"][0]["resources"];
        for resource in ["cpu", "memory", "ephemeral-storage"] {
            assert!(resources["limits"][resource].is_string(), "{what}: {resource}");
            assert!(resources["requests"][resource].is_string(), "{what}: {resource}");
        }
        assert_eq!(
            resources["limits"]["memory"], resources["requests"]["memory"],
            "{what}: killed for a neighbour's need"
        );
    });
}

#[test]
fn nobody_is_told_more_than_needed() {
    each_pod(|what, pod| {
        assert_eq!(pod["automountServiceAccountToken"], false, "{what}");
        assert_eq!(pod["enableServiceLinks"], false, "{what}: NEEDLE_SERVICE_HOST and the like");
    });
}
