//! `[costs]`: what a scheme costs besides what the ledger posts. Must never fill in a cost that the file
//! does not state: without the table a run reports no economics, and says so.

use super::form::{Form, count, ratio, word};
use super::reader::Reader;
use crate::domain::Ratio;
use crate::economics::Party;
use crate::economics::spec::{
    BankCost, ChannelCost, CostSpec, FixedCost, HelpCost, HospitalCost, HouseholdSpec, JoiningCost,
    MessageCost,
};

/// Reads `[costs]`, if it is there.
pub(super) fn read(r: &mut Reader<'_>) -> Option<CostSpec> {
    r.maybe_table("costs", "what the scheme costs; absent = no economics are reported", |r| {
        CostSpec {
            horizon_years: r.count("horizon_years", "years added up, each like the run", 1, 30),
            discount_rate_year: r.ratio("discount_rate_per_year", "of flows at a year's end"),
            funding_rate_year: r
                .ratio("funding_rate_per_year", "use of money that is paid later, all parties"),
            value_of_hour: r.yuan("value_of_time_yuan_per_hour", "an hour of a patient"),
            care_cost: r
                .ratio("care_cost_ratio", "cost of a yuan of care that one arm gives and not both"),
            it: r.table("it", "the scheme's system, whole city", it),
            bank: r.table("bank", "the bank's own costs", bank),
            hospital: r.table("hospital", "the hospitals' own costs", hospital),
            messages: r.table("messages", "messages besides those of collections", messages),
            help: r.table("help_desk", "help on the telephone", help),
            channel: r.table("channel", "the payment channel of draws", channel),
            collection_by: r
                .table("collection", "steps of [[credit.collections]]", |r| borne_by(r)),
            subsidy: r
                .maybe("subsidy_ratio", "public money to the bank on what is drawn", &ratio(1))
                .unwrap_or(Ratio::ZERO),
            sign_up_at_home_s: r.table("sign_up", "patients' time", |r| {
                r.count("at_home_s", "sign-up on the phone at home, seconds", 0, 86_400)
            }),
            crowded_from_s: r.table("crowding", "crowded payment halls", |r| {
                r.count("wait_s", "wait at windows and kiosks above which, seconds", 0, 86_400)
            }),
            joining: r.maybe_table("joining", "telling people; absent = free", |r| JoiningCost {
                by: borne_by(r),
                per_told: r.yuan("yuan_per_member_told", "that he is enrolled unless he opts out"),
                campaign_day: r.yuan("campaign_yuan_per_day", "whole city, each day of a campaign"),
            }),
            household: r.table("household", "spending on health beyond a household's means", |r| {
                HouseholdSpec {
                    subsistence_month: r
                        .yuan("subsistence_yuan_per_person_month", "not free for health"),
                    catastrophic: r
                        .ratio("catastrophic_ratio", "of capacity to pay, from which it counts"),
                }
            }),
        }
    })
}

/// Somebody who bears a cost.
pub(super) fn party() -> Form<Party> {
    word(&[
        ("platform", Party::Platform),
        ("bank", Party::Bank),
        ("hospitals", Party::Hospitals),
        ("treasury", Party::Treasury),
        ("funds", Party::Funds),
        ("credit_insurer", Party::CreditInsurer),
        ("others", Party::Others),
        ("patients", Party::Patients),
    ])
}

fn borne_by(r: &mut Reader<'_>) -> Party {
    r.get("borne_by", "who bears it", &party())
}

fn it(r: &mut Reader<'_>) -> FixedCost {
    FixedCost {
        by: borne_by(r),
        once: r.yuan("set_up_yuan", "at the beginning"),
        yearly: r.yuan("running_yuan_per_year", "a year"),
    }
}

fn bank(r: &mut Reader<'_>) -> BankCost {
    BankCost {
        once: r.yuan("set_up_yuan", "its system, at the beginning"),
        yearly: r.yuan("running_yuan_per_year", "its system and people, a year"),
        per_line: r.yuan("opening_yuan_per_line", "look-up of the record and contract"),
        per_line_year: r.yuan("account_yuan_per_line_year", "keeping a line"),
    }
}

fn hospital(r: &mut Reader<'_>) -> HospitalCost {
    HospitalCost {
        rework: r.by(
            "rework_yuan_per_site",
            "rework of its system on joining, by level",
            ["primary", "secondary", "tertiary"],
            &super::form::yuan(),
        ),
        upkeep_year: r.ratio("upkeep_ratio_per_year", "of the rework"),
        clerk_hour: r.yuan("clerk_yuan_per_hour", "wage of a clerk with all that goes with it"),
        clerk_saved: r.ratio("clerk_saved_ratio", "of freed hours at windows that can be saved"),
    }
}

fn messages(r: &mut Reader<'_>) -> MessageCost {
    let number = count(0, 1_000_000);
    MessageCost {
        by: borne_by(r),
        each: r.yuan("yuan_each", "a short message"),
        per_1000_draws: r.get("per_1000_draws", "messages", &number),
        per_1000_line_years: r.get("per_1000_line_years", "messages", &number),
    }
}

fn help(r: &mut Reader<'_>) -> HelpCost {
    HelpCost {
        by: borne_by(r),
        per_1000_draws: r.get("calls_per_1000_draws", "calls", &count(0, 1_000_000)),
        call: r.yuan("yuan_per_call", "a call"),
    }
}

fn channel(r: &mut Reader<'_>) -> ChannelCost {
    ChannelCost {
        fee: r.ratio("fee_ratio", "of what is drawn, from the hospital to the platform"),
        fee_item: r.yuan("fee_yuan_per_item", "of each draw, from the hospital to the platform"),
        handling_1000: r.yuan("handling_yuan_per_1000_items", "what draws cost the platform"),
    }
}
