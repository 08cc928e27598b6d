//! One arm compiled for the run: its payment regime, its scheme and the engine that decides for it.
//! Must never hold state: two replications share it.

use crate::domain::{Day, HospitalLevel};
use crate::engine::Engine;
use crate::flow::{Payer, Regime, SchemeFlow, Stops};
use crate::random::{Address, Philox, Purpose};
use crate::scenario::{ArmSpec, BASELINES_MAX, DepositRule, SchemeSpec};
use crate::settlement::spec::Rules;

/// Most arms of one run (baselines and policy).
pub const ARMS_MAX: usize = BASELINES_MAX + 1;

/// A payment regime and credit policy, compiled.
#[derive(Debug)]
pub struct Arm<'s> {
    /// Its description in the scenario.
    pub spec: &'s ArmSpec,
    /// Channels of those who pay themselves.
    pub regime: Regime,
    /// How participants pay, if there is a scheme.
    pub scheme_flow: Option<SchemeFlow>,
    /// Decides every command of this arm.
    pub engine: Engine<'s>,
    /// People carry the hospitals' prepaid cards.
    pub takes_card: bool,
    /// By site: insured bills can be paid by phone.
    pub site_takes_phone: Vec<bool>,
}

impl<'s> Arm<'s> {
    /// Compiles an arm for sites given by level and latent word.
    pub fn new(
        spec: &'s ArmSpec,
        rules: &'s Rules,
        sites: impl Iterator<Item = (HospitalLevel, u32)>,
    ) -> Arm<'s> {
        let regime = Regime::new(&spec.regime);
        Arm {
            spec,
            site_takes_phone: sites
                .map(|(level, word)| regime.site_takes_phone(level, word))
                .collect(),
            takes_card: false,
            regime,
            scheme_flow: spec.scheme.as_ref().map(|scheme| SchemeFlow::new(&scheme.flow)),
            engine: Engine { rules, policy: spec.scheme.as_ref().map(|scheme| &scheme.credit) },
        }
    }

    /// The same arm where a hospital's card is carried under some regimes.
    pub fn with_cards(self, regimes: &[String]) -> Arm<'s> {
        let takes_card = regimes.contains(&self.spec.regime.name);
        Arm { takes_card, ..self }
    }

    /// The scheme, if the arm has one.
    pub fn scheme(&self) -> Option<&'s SchemeSpec> {
        self.spec.scheme.as_ref()
    }

    /// The deposit rule of admissions.
    pub fn deposit_rule(&self) -> &'s DepositRule {
        &self.spec.deposit
    }

    /// Stops of somebody who pays for himself.
    pub fn own_stops(&self, payer: Payer, points: u8, place: Place) -> Stops {
        self.regime.stops(payer, points, |point| place.channel_words(point))
    }
}

/// Where the payment draws of a visit live.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The run's randomness.
    pub philox: Philox,
    /// Raw visit id.
    pub visit: u64,
    /// Replication.
    pub replication: u16,
}

impl Place {
    /// The words that decide at a payment point between kiosk and window, and whether the phone
    /// fails; alike in all arms.
    pub fn channel_words(self, point: u8) -> [u32; 2] {
        let [kiosk, failure, ..] = self.words(u32::from(point));
        [kiosk, failure]
    }

    /// The words of a semantic step of paying.
    pub fn words(self, step: u32) -> [u32; 4] {
        let address = Address::new(self.visit, self.replication, Purpose::Payment);
        self.philox.block(address.at(step))
    }
}

/// True when an institution takes part on a day.
pub(super) fn takes_part(in_scheme_from: Option<Day>, today: Day) -> bool {
    in_scheme_from.is_some_and(|from| from <= today)
}
