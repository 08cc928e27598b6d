//! The shared parts that come with the program, so that a scenario may include them from any
//! folder. Must never hold a part that is not in `scenarios/`.

macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../scenarios/", $name)))),*]
    };
}

/// Name and text of each shared part.
pub(super) const SHIPPED: &[(&str, &str)] = shipped![
    "behaviour/at_institutions.toml",
    "behaviour/bank_line.toml",
    "credit/bank_usual.toml",
    "flow/hospital_default.toml",
    "parts/clearing_urban.toml",
    "parts/costs_usual.toml",
    "parts/cross_province_relay.toml",
    "parts/cross_province_unreferred.toml",
    "parts/demand_urban.toml",
    "parts/inpatient_urban.toml",
    "parts/other_finance.toml",
    "parts/payment_means_urban.toml",
    "parts/people_urban.toml",
    "parts/study_rivals.toml",
    "regimes/auto_debit_no_credit.toml",
    "regimes/deposit_ceiling_2025.toml",
    "regimes/deposit_free_amount.toml",
    "regimes/deposit_waived_by_hospital.toml",
    "regimes/in_room.toml",
    "regimes/mobile_2023.toml",
    "regimes/pay_once_hospital_books.toml",
    "regimes/topup_card.toml",
    "regimes/windows_2015.toml",
    "rules/cross_province_2018.toml",
    "rules/urban_2023.toml",
];

/// A regime that comes with the program, as its table.
pub fn shipped_regime(name: &str) -> Option<serde_json::Value> {
    let table = shipped_table(&format!("regimes/{name}.toml"))?;
    serde_json::to_value(table.get("regimes")?.get(name)?).ok()
}

/// The shipped `[study]`, as its table.
pub fn shipped_study() -> Option<serde_json::Value> {
    serde_json::to_value(shipped_table("parts/study_rivals.toml")?.get("study")?).ok()
}

fn shipped_table(file: &str) -> Option<toml::Table> {
    SHIPPED.iter().find(|(known, _)| *known == file)?.1.parse().ok()
}

/// The documented scenario to copy.
pub(super) const TEMPLATE: &str = include_str!("../../scenarios/baseline_city.toml");
