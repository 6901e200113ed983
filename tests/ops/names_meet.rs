//! What one document says of another is so: selectors find the pods, ports and volumes have their names, references lead somewhere.

use serde_json::Value;

use crate::ops_support::*;

/// Whether labels are all among a selector's.
fn selects(selector: &Value, labels: &Value) -> bool {
    let wanted = selector.as_object().expect("labels to match");
    !wanted.is_empty() && wanted.iter().all(|(label, value)| labels.get(label) == Some(value))
}

fn pods(folder: &str) -> &'static Value {
    &the(folder, "StatefulSet")["spec"]["template"]
}

#[test]
fn selectors_find_the_scoring_pods_and_no_others() {
    for folder in folders() {
        let scoring = &pods(&folder)["metadata"]["labels"];
        let training = &the(&folder, "CronJob")["spec"]["jobTemplate"]["spec"]["template"]["metadata"]["labels"];
        let set = &the(&folder, "StatefulSet")["spec"];
        let spec = &set["template"]["spec"];
        let mut selectors = vec![
            &set["selector"]["matchLabels"],
            &the(&folder, "PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
            &spec["affinity"]["podAntiAffinity"]["preferredDuringSchedulingIgnoredDuringExecution"][0]["podAffinityTerm"]
                ["labelSelector"]["matchLabels"],
            &spec["topologySpreadConstraints"][0]["labelSelector"]["matchLabels"],
        ];
        selectors.extend(of_kind(&folder, "Service").iter().map(|service| &service["spec"]["selector"]));
        for selector in selectors {
            assert!(selects(selector, scoring), "{folder}: {selector}");
            assert!(!selects(selector, training), "{folder}: {selector}");
        }
        let policy = &the(&folder, "NetworkPolicy")["spec"]["podSelector"]["matchLabels"];
        assert!(selects(policy, scoring) && selects(policy, training), "{folder}: {policy}");
    }
}

#[test]
fn services_and_probes_lead_to_the_port_that_is_listened_on() {
    for folder in folders() {
        let container = &pods(&folder)["spec"]["containers"][0];
        let port = &container["ports"][0];
        for service in of_kind(&folder, "Service") {
            assert_eq!(service["spec"]["ports"][0]["targetPort"], port["name"], "{folder}: {}", name(service));
            assert_eq!(service["spec"]["ports"][0]["port"], port["containerPort"], "{folder}: {}", name(service));
        }
        for probe in ["readinessProbe", "livenessProbe"] {
            assert_eq!(container[probe]["httpGet"]["port"], port["name"], "{folder}: {probe}");
        }
        assert_eq!(the(&folder, "NetworkPolicy")["spec"]["ingress"][0]["ports"][0]["port"], port["name"], "{folder}");
        let headless = &the(&folder, "StatefulSet")["spec"]["serviceName"];
        let is_headless =
            |service: &&Value| service["metadata"]["name"] == *headless && service["spec"]["clusterIP"] == "None";
        assert!(of_kind(&folder, "Service").iter().any(is_headless), "{folder}: {headless}");
    }
}

/// Or each pod's metrics would be there twice.
#[test]
fn metrics_are_scraped_by_one_service() {
    let monitor = &the(WHOLE, "ServiceMonitor")["spec"];
    let services = of_kind(WHOLE, "Service");
    let scraped: Vec<_> = services
        .iter()
        .filter(|service| selects(&monitor["selector"]["matchLabels"], &service["metadata"]["labels"]))
        .collect();
    let [service] = scraped.as_slice() else { panic!("{} services are scraped", scraped.len()) };
    assert_eq!(service["spec"]["ports"][0]["name"], monitor["endpoints"][0]["port"]);
    assert_eq!(service["spec"]["publishNotReadyAddresses"], true, "a pod that restores has metrics too");
    let label = monitor["jobLabel"].as_str().expect("a label");
    assert_eq!(service["metadata"]["labels"][label], "needle", "the job that rules and dashboards ask for");
}

#[test]
fn config_maps_that_pods_read_are_there() {
    for folder in folders() {
        let maps: Vec<_> = of_kind(&folder, "ConfigMap").into_iter().map(name).collect();
        for (what, template) in templates(&folder) {
            let spec = &template["spec"];
            let volumes = spec["volumes"].as_array().expect("volumes");
            let named = volumes.iter().filter_map(|volume| volume["configMap"]["name"].as_str());
            let sources = spec["containers"][0]["envFrom"].as_array().expect("sources");
            let named: Vec<_> =
                named.chain(sources.iter().filter_map(|from| from["configMapRef"]["name"].as_str())).collect();
            assert_eq!(named.len(), 2, "{what}");
            assert!(named.iter().all(|name| maps.contains(name)), "{what}: {named:?} of {maps:?}");
        }
    }
}

/// The example says which Secret an operator makes; pods and the autoscaler read that one.
#[test]
fn the_secret_of_the_example_is_the_one_that_is_read() {
    let example = std::fs::read(root().join("k8s/overlays/prod/secret.example.yaml")).expect("the example");
    let example = &yaml(&example)[0];
    let reads = |read: &Value| {
        assert_eq!(read["name"], example["metadata"]["name"]);
        assert!(example["stringData"].get(read["key"].as_str().expect("a key")).is_some(), "{read}");
    };
    let variables = pods(WHOLE)["spec"]["containers"][0]["env"].as_array().expect("variables");
    let password =
        variables.iter().find(|variable| variable["name"] == "NEEDLE_KAFKA__SASL_PASSWORD").expect("the password");
    assert_eq!(password["valueFrom"]["secretKeyRef"]["optional"], false);
    reads(&password["valueFrom"]["secretKeyRef"]);
    let authentication = the(WHOLE, "TriggerAuthentication");
    authentication["spec"]["secretTargetRef"].as_array().expect("parameters").iter().for_each(reads);
    let trigger = &the(WHOLE, "ScaledObject")["spec"]["triggers"][0];
    assert_eq!(trigger["authenticationRef"]["name"], authentication["metadata"]["name"]);
    assert_eq!(example["metadata"]["namespace"], the(WHOLE, "Namespace")["metadata"]["name"]);
}

/// An autoscaler and a fixed number would fight with each apply.
#[test]
fn only_one_says_how_many_pods_there_are() {
    for folder in folders() {
        let scaled = of_kind(&folder, "ScaledObject");
        let fixed = the(&folder, "StatefulSet")["spec"].get("replicas");
        assert_eq!(scaled.is_empty(), fixed.is_some(), "{folder}");
        for object in scaled {
            let target = &object["spec"]["scaleTargetRef"];
            assert_eq!((target["kind"].as_str(), target["name"].as_str()), (Some("StatefulSet"), Some("needle")));
        }
    }
}
