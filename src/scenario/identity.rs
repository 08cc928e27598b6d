//! What a scenario is to a simulation: the text of everything that decides a result, and nothing else.
//! Must never leave out a field that a run reads: the list is complete by construction.

use super::{ArmSpec, Scenario};

impl Scenario {
    /// Everything that decides a result, as text. Titles, notes, the command line's defaults and what an
    /// experiment asks are left out; a new field must be placed here.
    pub fn content(&self) -> String {
        let Scenario {
            name: _,
            title_en: _,
            title_zh: _,
            city,
            rules,
            flow,
            inpatient,
            outages,
            behaviour,
            baselines,
            policy,
            cross_province,
            payment_means,
            refunds,
            costs,
            run: _,
            uncertainty: _,
            gates: _,
            calibration: _,
            study: _,
            assumptions: _,
            files: _,
            resolved: _,
            warnings: _,
            scheme_of: _,
            entitlement,
            claims_at_home,
        } = self;
        let arms: Vec<&ArmSpec> = baselines.iter().chain([policy]).collect();
        let stays = format!("{inpatient:?}\n{outages:?}\n{cross_province:?}\n{payment_means:?}");
        // Costs are laid over the finished sums; only what a household can bear is asked on the way.
        let household = costs.as_ref().map(|costs| costs.household);
        let stays = format!("{stays}\n{household:?}");
        // Counted beside the bills; nothing where the scenario does not ask.
        let entitlement = entitlement.map_or_else(String::new, |spec| format!("\n{spec:?}"));
        let at_home = claims_at_home.map_or_else(String::new, |spec| format!("\n{spec:?}"));
        let stays = format!("{stays}{entitlement}{at_home}");
        let stays =
            refunds.map_or_else(|| stays.clone(), |refunds| format!("{stays}\n{refunds:?}"));
        format!("{city:?}\n{rules:?}\n{flow:?}\n{stays}\n{behaviour:?}\n{arms:?}")
    }
}
