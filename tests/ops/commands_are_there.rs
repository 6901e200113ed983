//! The commands and flags that pods are started with are needle's.

use std::process::Command;

use crate::ops_support::*;

fn help(arguments: &[&str]) -> (bool, String) {
    let mut needle = Command::new(env!("CARGO_BIN_EXE_needle"));
    let said = needle.args(arguments).arg("--help").output().expect("needle starts");
    (said.status.success(), text(&said.stdout))
}

fn arguments() -> Vec<(String, Vec<String>)> {
    let of = |(what, template): (String, &serde_json::Value)| {
        let args = template["spec"]["containers"][0]["args"].as_array().expect("arguments");
        (what, args.iter().map(|arg| arg.as_str().expect("text").to_owned()).collect())
    };
    folders().iter().flat_map(|folder| templates(folder)).map(of).collect()
}

#[test]
fn each_container_calls_a_command_with_flags_that_it_has() {
    for (what, arguments) in arguments() {
        let [command, flags @ ..] = arguments.as_slice() else { panic!("{what}: no command") };
        let (known, said) = help(&[command]);
        assert!(known, "{what}: needle {command}");
        for flag in flags.iter().filter(|flag| flag.starts_with("--")) {
            assert!(said.contains(flag.as_str()), "{what}: needle {command} {flag}\n{said}");
        }
    }
}

#[test]
fn the_configuration_that_is_named_is_the_one_that_is_mounted() {
    for folder in folders() {
        for (what, template) in templates(&folder) {
            let container = &template["spec"]["containers"][0];
            let args: Vec<_> =
                container["args"].as_array().expect("arguments").iter().filter_map(|arg| arg.as_str()).collect();
            let at = args.iter().position(|arg| *arg == "--config").expect("a configuration");
            let (directory, file) = args[at + 1].rsplit_once('/').expect("a path");
            let mounts = container["volumeMounts"].as_array().expect("mounts");
            let mount = mounts
                .iter()
                .find(|mount| mount["mountPath"] == directory)
                .unwrap_or_else(|| panic!("{what}: {directory}"));
            assert_eq!(mount["name"], "config", "{what}");
            assert!(config_map(&folder, "needle-config").contains_key(file), "{what}: {file}");
        }
    }
}
