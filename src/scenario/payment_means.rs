//! `[payment_means]`: with what people pay their part, in which order, and the message that goes out with each
//! settlement. Must never switch the rule on where the file does not.

use super::form::{count, text, word, yuan};
use super::people::AGES;
use super::reader::Reader;
use crate::domain::{AGE_BANDS, Fen, Ms};
use crate::settlement::{CardRules, Habit, NetworkRules, PaymentHabits, Source, SourceOrder};

/// Reads `[payment_means]`, if it is there.
pub(super) fn read(r: &mut Reader<'_>) -> Option<PaymentHabits> {
    r.maybe_table("payment_means", "with what people pay their part; absent = not followed", |r| {
        let mark = r.mark();
        let habits = r.list("habits", "orders in which sources are asked, and who has them", habit);
        let lacking = (0..AGE_BANDS).find(|&age| habits.iter().all(|h| h.weight_by_age[age] == 0));
        if let (true, Some(age)) = (r.clean_since(mark), lacking) {
            let message = format!("nobody of age band {} has a habit", age + 1);
            r.fault("habits", message, "a weight above zero in each age band", "");
        }
        PaymentHabits {
            habits,
            message_cost: r.yuan("message_cost_yuan", "cost of a settlement's message"),
            reached_per_million: r.count(
                "message_reached_per_million",
                "messages that reach the patient",
                0,
                1_000_000,
            ),
            cards: cards(r),
            network: r.maybe_table(
                "network",
                "the card network; absent = its answers are not followed",
                network,
            ),
        }
    })
    .map(|habits| checked(r, habits))
}

/// A hospital's card must be carried under some regime where an order of sources names it.
fn checked(r: &Reader<'_>, habits: PaymentHabits) -> PaymentHabits {
    let named = |habit: &Habit| habit.order.steps().contains(&Source::TopUpCard);
    if let (Some(at), None) = (habits.habits.iter().position(named), &habits.cards) {
        let message = "nobody issues a top-up card".to_owned();
        let place = format!("payment_means.habits[{at}].order");
        let hint = "write [payment_means.top_up_card], or drop the source";
        r.fault(&place, message, "sources without top_up_card", hint);
    }
    habits
}

/// How long the card network takes.
fn network(r: &mut Reader<'_>) -> NetworkRules {
    let mark = r.mark();
    let doc = "time from asking to the answer: equally likely values";
    let answer_ms = r.several("answer_ms", doc, &count(0, 600_000));
    if r.clean_since(mark) && answer_ms.is_empty() {
        r.fault("answer_ms", "empty".to_owned(), "at least one value", "write [0] for none");
    }
    let ms = |value: i64| Ms::try_from(value).unwrap_or(Ms::MAX);
    NetworkRules {
        answer_ms: answer_ms.into_iter().map(ms).collect(),
        patience_ms: r.count("patience_ms", "for how long a payer waits", 0, 600_000),
    }
}

/// The hospitals' prepaid cards.
fn cards(r: &mut Reader<'_>) -> Option<CardRules> {
    r.maybe_table("top_up_card", "a prepaid card of each hospital; absent = none", |r| {
        let regimes = r.several("regimes", "regimes under which people carry it", &text());
        let mark = r.mark();
        let top_up = r.several("top_up_yuan", "put on it at a time: equally likely", &yuan());
        if r.clean_since(mark) && top_up.iter().all(|each| each.is_zero()) {
            r.fault("top_up_yuan", "nothing is put on it".to_owned(), "an amount above zero", "");
        }
        CardRules {
            regimes,
            top_up,
            price: r.yuan("card_price_yuan", "price of the card, given back with it"),
            idle_days: r.count(
                "idle_days",
                "days after its last use on which its holder thinks of handing it in",
                1,
                3_650,
            ),
            handed_in_per_million: r.count(
                "handed_in_per_million",
                "of the cards idle for so long, those handed in",
                0,
                1_000_000,
            ),
        }
    })
}

/// An order of sources; a source named twice is told.
pub(super) fn order(r: &mut Reader<'_>, key: &str, doc: &str) -> SourceOrder {
    let mark = r.mark();
    let words = Source::ALL.map(|source| (source.word(), source));
    let sources = r.several(key, doc, &word(&words));
    SourceOrder::new(&sources).unwrap_or_else(|twice| {
        if r.clean_since(mark) {
            let message = format!("`{}` is named twice", twice.word());
            r.fault(key, message, "each source at most once", "");
        }
        SourceOrder::default()
    })
}

fn habit(r: &mut Reader<'_>) -> Habit {
    let name = r.get("name", "name as printed", &text());
    let weights: [i64; AGE_BANDS] =
        r.array("weight_by_age", "relative number of people", AGES, &count(0, 1_000_000));
    let order = order(r, "order", "sources, first asked first");
    let own = [Source::DebitCard, Source::WeChat, Source::Alipay, Source::ECny, Source::Cash];
    let mut holds: [Vec<Fen>; Source::OWN] = Default::default();
    for source in own {
        let key = format!("{}_yuan", source.word());
        let doc = "what it holds when a bill is paid: equally likely values; absent = enough";
        let found = r.maybe_several(&key, doc, &yuan());
        if let (Some(at), Some(found)) = (source.own(), found) {
            holds[at] = found;
        }
    }
    let weight_by_age = weights.map(|weight| u32::try_from(weight).unwrap_or(u32::MAX));
    Habit { name, weight_by_age, order, holds }
}
