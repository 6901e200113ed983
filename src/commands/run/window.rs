//! Looking inside a running process: one lead, and how lanes stand.

use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::sync::watch;

use crate::commands::assembly::Assembly;
use crate::commands::lead::{LeadName, live};
use crate::lane::questions::{Answer, Question};
use crate::log::kafka::KafkaSource;
use crate::model::Served;
use crate::telemetry::health::Health;
use crate::telemetry::http::{Seen, Window};
use crate::telemetry::status::{ModelStatus, Status};
use crate::wire::tenant::DEFAULT_TENANT;

/// How long lanes may take to come between two transactions.
const ANSWER_WAIT: Duration = Duration::from_secs(5);
/// How long the group's coordinator may take to say who else there is.
const MEMBERS_WAIT: Duration = Duration::from_secs(2);

/// What HTTP looks through.
pub struct Inside {
    assembly: Arc<Assembly>,
    health: Arc<Health>,
    /// One for each lane.
    lanes: Vec<Mutex<Sender<Question>>>,
    /// Once the registry has been looked at.
    models: OnceLock<watch::Receiver<Arc<Served>>>,
    /// Who asks the brokers; one question at a time.
    source: Mutex<Option<KafkaSource>>,
}

impl Inside {
    /// With it, what each lane is to answer.
    pub fn new(assembly: Arc<Assembly>, health: Arc<Health>) -> (Self, Vec<Receiver<Question>>) {
        let (lanes, receivers) = (0..assembly.config.service.lanes).map(|_| mpsc::channel()).unzip::<_, _, Vec<_>, _>();
        let lanes = lanes.into_iter().map(Mutex::new).collect();
        let (models, source) = (OnceLock::new(), Mutex::new(None));
        (Self { assembly, health, lanes, models, source }, receivers)
    }

    /// What is served from now on is told from here.
    pub fn follow(&self, models: watch::Receiver<Arc<Served>>) {
        // A second one would be the same.
        let _ = self.models.set(models);
    }

    /// What each lane answers; `Err` names the lane that does not.
    fn ask(&self, key: &[u8]) -> Result<Vec<Answer>, String> {
        let until = Instant::now() + ANSWER_WAIT;
        let (sender, answers) = mpsc::channel();
        for (lane, inbox) in self.lanes.iter().enumerate() {
            let sender = sender.clone();
            // Whoever asked may have gone.
            let answer = Box::new(move |answer| drop(sender.send((lane, answer))));
            let inbox = inbox.lock().unwrap_or_else(PoisonError::into_inner);
            let sent = inbox.send(Question { key: key.to_vec(), answer });
            sent.map_err(|_| format!("lane {lane} has ended"))?;
        }
        drop(sender);
        let mut answered: Vec<Option<Answer>> = self.lanes.iter().map(|_| None).collect();
        while answered.iter().any(Option::is_none) {
            match answers.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok((lane, answer)) => answered[lane] = Some(answer),
                Err(_) => {
                    let lane = answered.iter().position(Option::is_none).unwrap_or_default();
                    return Err(format!("lane {lane} does not answer: it may still be connecting, see /status"));
                }
            }
        }
        Ok(answered.into_iter().flatten().collect())
    }

    fn draw(&self, name: &LeadName, answers: Vec<Answer>) -> anyhow::Result<Seen> {
        let mut here: Vec<i32> = answers.iter().flat_map(|answer| answer.partitions.iter().copied()).collect();
        here.sort_unstable();
        let mut source = self.source.lock().unwrap_or_else(PoisonError::into_inner);
        let source = match &mut *source {
            Some(source) => source,
            none => none.insert(KafkaSource::new(self.assembly.config.clone())?),
        };
        let Some(models) = answers.first().map(|answer| answer.models.clone()) else {
            anyhow::bail!("there are no lanes");
        };
        let held: Vec<_> = answers.into_iter().flat_map(|answer| answer.held).collect();
        if held.is_empty() {
            // Which partition the lead's events lie on is its producers' business: all others are named.
            let mut owners = source.members(MEMBERS_WAIT).unwrap_or_default();
            owners.retain(|member| member.partitions != here && !member.partitions.is_empty());
            let error = "no partition of this process holds the lead";
            let found = json!({
                "error": error, "tenant": name.tenant, "lead": name.lead, "partitions": here, "owners_of_others": owners
            });
            return Ok(Seen::NotHere(found.to_string()));
        }
        let picture = live(&self.assembly.by(models), name, held, source)?;
        Ok(Seen::Here(serde_json::to_string(&picture)?))
    }
}

impl Window for Inside {
    fn lead(&self, tenant: &str, lead: &str) -> Seen {
        let name = LeadName { tenant: tenant.to_owned(), lead: lead.to_owned() };
        let unclear = |why: String| Seen::Unclear(json!({ "error": why }).to_string());
        match self.ask(&name.key()) {
            Ok(answers) => self.draw(&name, answers).unwrap_or_else(|error| unclear(format!("{error:#}"))),
            Err(why) => unclear(why),
        }
    }

    fn status(&self) -> String {
        let service = &self.assembly.config.service;
        let ready = self.health.ready();
        let model = |tenant: &str, version: &str, kind: &str| ModelStatus {
            tenant: tenant.to_owned(),
            version: version.to_owned(),
            kind: kind.to_owned(),
        };
        let mut models = Vec::new();
        if let Some(served) = self.models.get() {
            let served = served.borrow();
            let others = served.of(DEFAULT_TENANT);
            models.push(model(DEFAULT_TENANT, others.version(), others.kind()));
            let own = served.own().into_iter().filter(|(tenant, _)| *tenant != DEFAULT_TENANT);
            models.extend(own.map(|(tenant, own)| model(tenant, own.version(), own.kind())));
        }
        let status = Status {
            application: service.application.clone(),
            instance: service.instance.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            ready: ready.is_ok(),
            not_ready_because: ready.err(),
            lanes: self.health.lanes(),
            models,
        };
        serde_json::to_string(&status).unwrap_or_else(|error| json!({ "error": error.to_string() }).to_string())
    }
}
