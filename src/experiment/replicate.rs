//! Runs the replications of one setup, one after the other; each is parallel inside.
//! Must never let one replication see another.

use crate::city::{City, SampleNote};
use crate::ledger::PlantedFault;
use crate::scenario::Scenario;
use crate::sim::{self, Progress, Replication, RunPlan, Stopped, World};

/// What to simulate.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The scenario, at the size that will run.
    pub scenario: Scenario,
    /// Root seed.
    pub seed: u64,
    /// Number of replications.
    pub replications: u16,
    /// Days with visits.
    pub days: u32,
    /// How the city was made smaller, if it was.
    pub sample: Option<SampleNote>,
    /// A fault planted to prove that the audit catches it.
    pub planted: Option<PlantedFault>,
    /// A fen without a payer in the books of the answer, to prove that their audit catches it.
    pub unpaid_fen: bool,
    /// Replications that are worked off and kept together.
    pub block: u16,
}

impl Setup {
    /// A setup of a scenario's own size, or of a sample of whole hospitals with about `population` people.
    pub fn new(
        mut scenario: Scenario,
        seed: u64,
        replications: u16,
        days: u32,
        population: Option<u32>,
    ) -> Setup {
        let sample =
            population.filter(|&asked| asked < scenario.city.people.population).map(|asked| {
                let (city, note) = City::sample(&scenario.city, asked);
                scenario.city = city;
                note
            });
        Setup {
            scenario,
            seed,
            replications,
            days,
            sample,
            planted: None,
            unpaid_fen: false,
            block: 1,
        }
    }
}

/// What the replications gave.
#[derive(Debug)]
pub struct Outcome {
    /// One result a replication, in order.
    pub replications: Vec<Replication>,
    /// People simulated.
    pub people: u64,
    /// Names and levels of the sites, in order.
    pub sites: Vec<(String, crate::domain::HospitalLevel)>,
    /// Bytes of state a person, measured on the tables as built (people, demand, rows of all arms).
    pub bytes_per_person: f64,
}

/// Runs every replication; `tell` hears the progress and may stop the run.
pub fn replicate(
    setup: &Setup,
    tell: &mut dyn FnMut(Progress) -> bool,
) -> Result<Outcome, Stopped> {
    let world = World::new(&setup.scenario, setup.seed);
    let mut replications = Vec::new();
    for replication in 1..=setup.replications {
        let plan = RunPlan { replication, days: setup.days, planted: setup.planted };
        replications.push(sim::run(&world, plan, tell)?);
    }
    Ok(Outcome {
        replications,
        people: world.city.people.len() as u64,
        sites: world.city.sites.iter().map(|site| (site.name.clone(), site.level)).collect(),
        bytes_per_person: world.bytes_per_person(),
    })
}
