//! What the tests of manifests stand on: kustomize's output as JSON, the rules, the dashboards, and the tools that check them.

// Two test binaries compile all of this and use their share.
#![allow(dead_code)]

pub mod promql;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// The overlay that has every component.
pub const WHOLE: &str = "overlays/prod";

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// `tests/ops/tools`, with its arguments.
pub fn tool(arguments: &[&str]) -> Command {
    let mut command = Command::new(root().join("tests/ops/tools"));
    command.args(arguments);
    command
}

/// Runs a command to its end, with this on its standard input.
pub fn run(command: &mut Command, input: &[u8]) -> Output {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("piped");
    // What a program prints may fill a pipe before it has read all that it is given.
    std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(input));
        child.wait_with_output().expect("a child")
    })
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The folders that are applied: the base, and each overlay that there is.
pub fn folders() -> Vec<String> {
    let overlays = std::fs::read_dir(root().join("k8s/overlays")).expect("k8s/overlays");
    let mut folders: Vec<_> =
        overlays.map(|entry| format!("overlays/{}", entry.expect("an entry").file_name().to_string_lossy())).collect();
    folders.push("base".to_owned());
    folders.sort();
    folders
}

/// What `kubectl kustomize` says of a folder below `k8s`.
pub fn kustomize(folder: &str) -> Output {
    tool(&["kubectl", "kustomize"]).arg(root().join("k8s").join(folder)).output().expect("kubectl starts")
}

/// Documents of YAML, as values.
pub fn yaml(text_of: &[u8]) -> Vec<Value> {
    let made = run(&mut tool(&["json"]), text_of);
    assert!(made.status.success(), "{}", text(&made.stderr));
    serde_json::from_slice(&made.stdout).expect("JSON")
}

/// All documents of a folder. Each folder is made once for all tests.
pub fn documents(folder: &str) -> &'static [Value] {
    static MADE: OnceLock<BTreeMap<String, Vec<Value>>> = OnceLock::new();
    let make = || folders().into_iter().map(|folder| (folder.clone(), yaml(&kustomize(&folder).stdout))).collect();
    MADE.get_or_init(make).get(folder).unwrap_or_else(|| panic!("no folder {folder}"))
}

pub fn kind(document: &Value) -> &str {
    document["kind"].as_str().expect("a kind")
}

pub fn name(document: &Value) -> &str {
    document["metadata"]["name"].as_str().expect("a name")
}

/// The documents of a folder that are of one kind.
pub fn of_kind(folder: &str, wanted: &str) -> Vec<&'static Value> {
    documents(folder).iter().filter(|document| kind(document) == wanted).collect()
}

/// The one document of a folder that is of one kind.
pub fn the(folder: &str, wanted: &str) -> &'static Value {
    let found = of_kind(folder, wanted);
    let [document] = found.as_slice() else { panic!("{} documents of kind {wanted} in {folder}", found.len()) };
    document
}

/// Whatever makes pods, with its pods' template.
pub fn templates(folder: &str) -> Vec<(String, &'static Value)> {
    let template = |document: &'static Value| {
        let at = match kind(document) {
            "CronJob" => "/spec/jobTemplate/spec/template",
            _ => "/spec/template",
        };
        Some((format!("{folder}: {} {}", kind(document), name(document)), document.pointer(at)?))
    };
    documents(folder).iter().filter_map(template).collect()
}

/// The data of the ConfigMap that was generated under this name.
pub fn config_map(folder: &str, generated: &str) -> &'static serde_json::Map<String, Value> {
    let is_it = |document: &&&Value| name(document).starts_with(generated);
    let maps = of_kind(folder, "ConfigMap");
    let map = maps.iter().find(is_it).unwrap_or_else(|| panic!("{folder}: no ConfigMap {generated}"));
    map["data"].as_object().expect("data")
}

/// The groups of rules, as Prometheus takes them.
pub fn rules() -> Value {
    the(WHOLE, "PrometheusRule")["spec"].clone()
}

/// Every alert.
pub fn alerts() -> Vec<Value> {
    let groups = rules();
    let all =
        groups["groups"].as_array().expect("groups").iter().flat_map(|group| group["rules"].as_array().expect("rules"));
    all.filter(|rule| rule.get("alert").is_some()).cloned().collect()
}

/// Every dashboard, by the name of its file.
pub fn dashboards() -> BTreeMap<String, Value> {
    let parse = |(file, text): (&String, &Value)| {
        let dashboard = serde_json::from_str(text.as_str().expect("text"));
        (file.clone(), dashboard.unwrap_or_else(|error| panic!("{file}: {error}")))
    };
    config_map(WHOLE, "needle-dashboards").iter().map(parse).collect()
}

/// What the panels of a dashboard ask: title of the panel, and query.
pub fn queries(dashboard: &Value) -> Vec<(String, String)> {
    let panels = dashboard["panels"].as_array().expect("panels");
    let of_panel = |panel: &Value| {
        let title = panel["title"].as_str().expect("a title").to_owned();
        let targets = panel["targets"].as_array().expect("targets").clone();
        targets.into_iter().map(move |target| (title.clone(), target["expr"].as_str().expect("a query").to_owned()))
    };
    panels.iter().flat_map(of_panel).collect()
}

/// Where a test puts what it hands to a tool.
pub fn write(directory: &Path, file: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = directory.join(file);
    std::fs::write(&path, content).expect("written");
    path
}
