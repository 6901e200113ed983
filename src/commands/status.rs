//! `needle status`: how a running process stands, in a table.

use std::io::{self, Write};
use std::time::Duration;

use anyhow::Context as _;

use super::Failure;
use super::cli::StatusArgs;
use crate::config::Config;
use crate::telemetry::status::{InputStatus, PartitionStatus, Status};

const TIMEOUT: Duration = Duration::from_secs(5);

/// Asks the process and prints what it says.
///
/// # Errors
/// Nobody answers there, or somebody else does.
pub fn status(config: &Config, args: &StatusArgs, out: &mut impl Write) -> Result<(), Failure> {
    let url = args.url.clone().unwrap_or_else(|| nearby(&config.service.listen));
    let text = ask(&url)?;
    let status: Status = serde_json::from_str(&text).with_context(|| format!("{url} is no needle"))?;
    match args.json {
        true => writeln!(out, "{text}")?,
        false => write(&status, out)?,
    }
    Ok(())
}

fn ask(url: &str) -> anyhow::Result<String> {
    let agent: ureq::Agent = ureq::Agent::config_builder().timeout_global(Some(TIMEOUT)).build().into();
    let hint = || format!("{url}/status: is `needle run` running there? --url says where else to ask");
    let mut response = agent.get(format!("{url}/status")).call().with_context(hint)?;
    response.body_mut().read_to_string().with_context(hint)
}

/// Where the process of this very configuration listens, seen from the same machine.
fn nearby(listen: &str) -> String {
    let (host, port) = listen.rsplit_once(':').unwrap_or((listen, "9464"));
    let host = match host {
        "0.0.0.0" | "" => "127.0.0.1",
        "[::]" => "[::1]",
        host => host,
    };
    format!("http://{host}:{port}")
}

fn write(status: &Status, out: &mut impl Write) -> io::Result<()> {
    let Status { application, instance, version, not_ready_because, lanes, models, .. } = status;
    let ready = match not_ready_because {
        None => "ready".to_owned(),
        Some(why) => format!("not ready: {why}"),
    };
    writeln!(out, "{application}, instance {instance}, needle {version}: {ready}")?;
    for model in models {
        writeln!(out, "model of {}: {} ({})", model.tenant, model.version, model.kind)?;
    }
    for lane in lanes {
        writeln!(out, "\nlane {}: {}", lane.lane, lane.state)?;
        if lane.partitions.is_empty() {
            continue;
        }
        writeln!(
            out,
            "  {:>9}  {:<10} {:>11} {:>10} {:>9}  position",
            "partition", "state", "leads", "state MB", "snapshot"
        )?;
        for partition in &lane.partitions {
            write_partition(partition, out)?;
        }
    }
    Ok(())
}

fn write_partition(status: &PartitionStatus, out: &mut impl Write) -> io::Result<()> {
    let PartitionStatus {
        partition,
        state,
        why,
        leads,
        state_bytes,
        snapshot_age_seconds,
        restored,
        restore_left,
        inputs,
    } = status;
    write!(out, "  {partition:>9}  {state:<10} ")?;
    match (why, state.as_str()) {
        (Some(why), _) => writeln!(out, "{why}"),
        (None, "restoring") => writeln!(out, "{restored} leads and records are back, {restore_left} records left"),
        _ => {
            let age = snapshot_age_seconds.map_or_else(|| "none".to_owned(), |seconds| format!("{seconds} s"));
            let megabytes = *state_bytes as f64 / 1e6;
            let positions: Vec<String> = inputs.iter().map(position).collect();
            writeln!(out, "{leads:>11} {megabytes:>10.1} {age:>9}  {}", positions.join(", "))
        }
    }
}

fn position(input: &InputStatus) -> String {
    let InputStatus { topic, committed, lag, .. } = input;
    match lag {
        Some(0) => format!("{topic} {committed}, at its end"),
        Some(lag) => format!("{topic} {committed}, {lag} behind"),
        None => format!("{topic} {committed}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_asked_where_it_listens() {
        for (listen, url) in [
            ("0.0.0.0:9464", "http://127.0.0.1:9464"),
            ("[::]:80", "http://[::1]:80"),
            ("10.0.0.7:9464", "http://10.0.0.7:9464"),
        ] {
            assert_eq!(nearby(listen), url);
        }
    }
}
