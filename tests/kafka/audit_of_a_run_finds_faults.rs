//! The audit of a whole real run sees a single record too many or too few in any output, a single lead that is lost or another, and a
//! partition on which nobody works.

use crate::support::audit::differences;
use crate::support::leads::{self, Leads, kept};
use crate::support::replay::{Said, replay, replay_with_leads};
use crate::support::{Broker, Flow, Needle, PATIENCE, Record, Settings};

type List = fn(&mut Said) -> &mut Vec<Vec<u8>>;
const OUTPUTS: [List; 3] =
    [|said| &mut said.score_changes, |said| &mut said.score_jumps, |said| &mut said.dead_letters];

struct Done {
    broker: &'static Broker,
    settings: Settings,
    input: Vec<Vec<Record>>,
}

impl Done {
    fn run(name: &str) -> Self {
        let broker = Broker::shared();
        let settings = Settings::new(broker, name, 2);
        Flow::new(broker, &settings, 2, 1, 300).go_on();
        let mut needle = Needle::spawn(&settings, &["run"]);
        broker.await_consumed(&settings.application, &settings.events, PATIENCE);
        assert_eq!(needle.terminate(), Some(0), "{}", needle.log());
        let input = broker.read_committed_all(&settings.events);
        Self { broker, settings, input }
    }

    fn differences(&self, truth: &[Said]) -> Vec<String> {
        differences(self.broker, &self.settings, &self.input, truth)
    }
}

#[test]
fn a_record_too_many_or_too_few() {
    let done = Done::run("one-record");
    let truth = replay(&done.settings, &done.input);
    assert_eq!(done.differences(&truth), Vec::<String>::new());
    for list in OUTPUTS {
        let mut shorter = truth.clone();
        let said = list(&mut shorter[0]);
        said.remove(said.len() / 2);
        let found = done.differences(&shorter);
        assert!(found.len() == 1 && found[0].contains("records seen"), "said once too often: {found:#?}");

        let mut longer = truth.clone();
        let said = list(&mut longer[1]);
        said.insert(said.len() / 2, said[said.len() / 2].clone());
        let found = done.differences(&longer);
        assert!(found.len() == 1 && found[0].contains("records seen"), "said once too seldom: {found:#?}");
    }
}

#[test]
fn a_lead_that_is_lost_or_another() {
    let done = Done::run("one-lead");
    let (_, truth) = replay_with_leads(&done.settings, &done.input);
    for (partition, must) in (0..).zip(&truth) {
        let seen = kept(&done.settings, (done.settings.snapshots_url(), &[]), (&done.settings.events, partition))
            .expect("snapshots");
        assert!(seen.len() > 10, "{} leads", seen.len());
        let found = |change: fn(&mut Leads, &String)| {
            let (mut seen, key) = (seen.clone(), seen.keys().nth(5).expect("leads").clone());
            change(&mut seen, &key);
            leads::differences(partition, &seen, must)
        };
        assert_eq!(found(|_, _| ()), Vec::<String>::new());
        let lost = found(|leads, key| drop(leads.remove(key)));
        assert!(lost.len() == 1 && lost[0].ends_with("is lost"), "{lost:?}");
        let other = found(|leads, key| leads.get_mut(key).into_iter().for_each(|kept| kept.facts[9] ^= 1));
        assert!(other.len() == 1 && other[0].contains("other facts"), "{other:?}");
        let forgotten = found(|leads, key| leads.get_mut(key).into_iter().for_each(|kept| kept.decisions.clear()));
        assert!(forgotten.len() == 1, "{forgotten:?}");
        let stranger = found(|leads, key| drop(leads.insert("default/nobody".into(), leads[key].clone())));
        assert!(stranger.len() == 1 && stranger[0].ends_with("has no events"), "{stranger:?}");
    }
}

#[test]
fn a_partition_on_which_nobody_works() {
    let mut done = Done::run("one-partition");
    let Done { broker, settings, .. } = &done;
    broker.grow_topic(&settings.events, 3);
    let drafts = crate::support::events::generate(&Default::default());
    broker.produce(&settings.events, 2, &drafts[2]);
    done.input = broker.read_committed_all(&settings.events);
    let found = done.differences(&replay(&done.settings, &done.input));
    let outputs = found.iter().filter(|found| found.contains("2 partitions, not 3")).count();
    let positions = found.iter().filter(|found| found.contains("/2: position 0")).count();
    assert_eq!((outputs, positions), (3, 1), "{found:#?}");
}
