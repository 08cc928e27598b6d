//! A request that nobody filled in, one half filled, and one with wrong cells.

use super::*;

fn row(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

fn sheet(name: &str, rows: &[&[&str]]) -> Grid {
    Grid { sheet: name.to_owned(), rows: rows.iter().map(|cells| row(cells)).collect() }
}

fn checked(name: &str, city: &City) -> crate::scenario::Scenario {
    let room = tempfile::tempdir().unwrap();
    let path = room.path().join(format!("{name}.toml"));
    std::fs::write(&path, &city.scenario).unwrap();
    crate::scenario::load(&path).unwrap_or_else(|problems| panic!("{problems}\n{}", city.scenario))
}

#[test]
fn an_empty_request_is_a_city_of_assumptions_only() {
    let city = build("nowhere", &request(Tongue::En)).unwrap();
    assert_eq!(city.meter.all_filled(), 0);
    let scenario = checked("nowhere", &city);
    assert!(scenario.warnings.is_empty(), "{}", scenario.warnings);
    assert_eq!(scenario.title_en, "nowhere");
    assert!(city.assumed.windows(2).all(|pair| pair[0].priority <= pair[1].priority));
    let uncertain = scenario.uncertainty.unwrap().inputs;
    assert!(uncertain.iter().any(|input| input.key == "behaviour.repayment.miss_due_share"));
}

#[test]
fn what_is_filled_in_stands_there_with_its_source_and_plans_meet_demand() {
    let city = sheet(
        "city 城市",
        &[
            &["item", "value 数值", "source"],
            &["city_name", "Nan \"ping\" 南平", ""],
            &["population", "1,200,000", "yearbook 2024"],
            &["visits_per_person_per_year", "5", ""],
            &["rate_per_year", "4.5%", ""],
            &["start", "2025年3月1日", ""],
            &["score_min", "660", ""],
            &["covers_inpatient", "否", ""],
            &["settles_when", "开单时", ""],
        ],
    );
    let hospitals = sheet(
        "hospitals",
        &[
            &["name", "level", "visits_per_year", "beds", "in_scheme_from"],
            &["One", "三级", "2000000", "2500", "45750"],
            &["Two", "", "", "", "none"],
        ],
    );
    let made = build("x", &[city, hospitals]).unwrap();
    let scenario = checked("x", &made);
    assert_eq!(scenario.title_zh, "Nan \"ping\" 南平");
    assert_eq!(scenario.city.people.population, 1_200_000);
    assert!(
        made.scenario
            .contains("population = 1200000  # source: yearbook 2024 (sheet city 城市, B3)")
    );
    let planned: f64 = scenario.city.sites.iter().map(|site| site.visits_per_year).sum();
    assert!((planned / 6_000_000.0 - 1.0).abs() < 0.001, "{planned}");
    assert_eq!(scenario.city.sites[0].in_scheme_from.unwrap().to_string(), "2025-04-03");
    assert_eq!(scenario.city.sites[1].in_scheme_from, None);
    assert!(made.scenario.contains("rate_per_year = 0.045  # source:"));
    // The middle grade was assumed at 620 and gives way to the score that was filled in.
    assert!(made.scenario.contains("score_from = 661"), "{}", made.scenario);
    // Words are understood in Chinese too.
    assert!(made.scenario.contains("One\", level = \"tertiary\""), "{}", made.scenario);
    assert!(made.scenario.contains("when = \"at_order\""), "{}", made.scenario);
    let item = |name: &str| made.assumed.iter().find(|one| one.item == name);
    assert!(item("hospitals row 3: beds of Two").is_some() && item("population").is_none());
}

#[test]
fn each_wrong_cell_is_told_with_its_place() {
    let city = sheet(
        "city 城市",
        &[
            &["item", "value", "source"],
            &["population", "many", ""],
            &["popolation", "7", ""],
            &["miss_due_share", "3", ""],
            &["limit_low_yuan", "5000", ""],
            &["limit_high_yuan", "1000", ""],
            &["age_shares", "0.5;0.5", ""],
        ],
    );
    let hospitals =
        sheet("hospitals", &[&["name", "level", "district"], &["One", "tertiary", "Mars"]]);
    let wrong = build("x", &[city, hospitals]).unwrap_err();
    let told: Vec<String> = wrong.iter().map(ToString::to_string).collect();
    let expected = [
        "sheet `city 城市`, cell A3: `popolation`; expected an item of the request; did you mean population?",
        "sheet `city 城市`, cell B2: `many`; expected a whole number from 2000 to 100000000",
        "sheet `city 城市`, cell B7: `0.5;0.5`; expected 6 shares with a sum of 1, with ; between them",
        "sheet `city 城市`, cell B4: `3`; expected a share between 0 and 1, or a percentage; did you mean 3%?",
        "sheet `city 城市`, cell B6: `1000`; expected 5000 or more, as limit_low_yuan says",
        "sheet `hospitals`, cell C2: `Mars`; expected one of the districts: Whole city 全市",
    ];
    for line in expected {
        assert!(told.iter().any(|one| one == line), "{line}\n{told:#?}");
    }
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    let zh: Vec<String> = wrong.iter().map(Wrong::zh).collect();
    let expected = [
        "工作表“city 城市”，单元格 B4：“3”；应为0 至 1 之间的占比，或百分数；是否应为 3%？",
        "工作表“city 城市”，单元格 B6：“1000”；应为不小于 5000 的数（见 limit_low_yuan）",
    ];
    for line in expected {
        assert!(zh.iter().any(|one| one == line), "{line}\n{zh:#?}");
    }
}
