//! Whose line a person may use inside a kin group. Must never reach outside the group.
//!
//! The city lays a group out by generation: 0 = grandparents, 1 = their adult children, 2 =
//! children. Adults of one generation pair up as spouses in the order in which they stand: first
//! with second, third with fourth. Everybody of the generation above counts as a parent
//! (parents-in-law too).

use super::line::{LineRow, LineStatus, admits};
use super::spec::CreditPolicy;
use crate::domain::{Fen, Refusal};

/// Age of majority (Civil Code of the PRC, article 17).
pub const ADULT_AGE: u8 = 18;

/// A member of a kin group as the family rules see one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kin {
    /// Age in years.
    pub age: u8,
    /// Generation: 0 = grandparents, 1 = adults of the middle generation, 2 = children.
    pub generation: u8,
    /// Whether the basic insurance is in force; a relative must be insured to be bound.
    pub insured: bool,
}

impl Kin {
    fn is_adult(self) -> bool {
        self.age >= ADULT_AGE
    }
}

/// The members whose line `user` may use under the family rules, nearest first: own line; for a
/// minor the parents; for an adult the spouse, then adult children. Within a kind, earlier members
/// first.
pub fn candidates<'a>(
    policy: &'a CreditPolicy,
    user: usize,
    kin: &'a [Kin],
) -> impl Iterator<Item = usize> + 'a {
    let rules = &policy.family;
    let person = kin[user];
    let minor = !person.is_adult();
    let parents = kin.iter().enumerate().filter(move |&(_, other)| {
        minor && rules.minors_use_parents_line && is_adult_of(*other, person.generation, -1)
    });
    let spouse = spouse(user, kin).filter(|_| rules.spouses_share);
    let children = kin.iter().enumerate().filter(move |&(_, other)| {
        let shares = !minor && rules.parents_use_adult_childs_line;
        shares && is_adult_of(*other, person.generation, 1)
    });
    let bound = bound_relatives(policy, user, kin);
    let relatives = parents.map(|(at, _)| at).chain(spouse).chain(children.map(|(at, _)| at));
    std::iter::once(user).chain(relatives).chain(bound)
}

/// Direct relatives of an insured adult or minor whose line may be bound: spouse, parents, adult
/// children.
/// Those whom a rule named before come twice, which changes nothing: the first word stands.
fn bound_relatives<'a>(
    policy: &'a CreditPolicy,
    user: usize,
    kin: &'a [Kin],
) -> impl Iterator<Item = usize> + 'a {
    let person = kin[user];
    let open = policy.more.relatives_may_be_bound && person.insured;
    let spouse = if open && person.is_adult() { spouse(user, kin) } else { None };
    let direct = kin.iter().enumerate().filter(move |&(_, other)| {
        let near = |steps| is_adult_of(*other, person.generation, steps);
        open && (near(-1) || near(1))
    });
    spouse.into_iter().chain(direct.map(|(at, _)| at))
}

/// Whether an adult of the generation above is in the kin group.
pub fn has_guardian(kin: &[Kin], member: usize) -> bool {
    kin.iter().any(|other| is_adult_of(*other, kin[member].generation, -1))
}

fn is_adult_of(other: Kin, generation: u8, steps: i8) -> bool {
    other.is_adult() && generation.checked_add_signed(steps) == Some(other.generation)
}

/// The spouse of an adult: partner in the pairing of the generation's adults by position.
fn spouse(user: usize, kin: &[Kin]) -> Option<usize> {
    let person = kin[user];
    let mut peers =
        kin.iter().enumerate().filter(|&(_, other)| is_adult_of(*other, person.generation, 0));
    let place = peers.clone().position(|(at, _)| at == user)?;
    peers.nth(place ^ 1).map(|(at, _)| at)
}

/// The member whose line pays `need` for `user`: the first candidate with enough free limit.
///
/// Words: a user whose own line is frozen or cancelled may not turn to a relative's and hears so.
/// Else, if some candidate has a line, the first such line's word; else `TooYoung` below the
/// scheme's minimum age and `NoLine` at any other. `line_of` gives a member's line row.
pub fn usable_line<'a>(
    policy: &CreditPolicy,
    user: usize,
    need: Fen,
    kin: &[Kin],
    line_of: impl Fn(usize) -> Option<&'a LineRow>,
) -> Result<usize, Refusal> {
    let sanctioned =
        |line: &&LineRow| matches!(line.status(), LineStatus::Frozen | LineStatus::Cancelled);
    if let Some(own) = line_of(user).filter(sanctioned) {
        return admits(own, need).map(|()| user);
    }
    let mut first_word = None;
    for member in candidates(policy, user, kin) {
        let Some(line) = line_of(member).filter(|line| line.status() != LineStatus::Closed) else {
            continue;
        };
        match admits(line, need) {
            Ok(()) => return Ok(member),
            Err(word) => first_word = first_word.or(Some(word)),
        }
    }
    let too_young = kin[user].age < policy.eligibility.age_min;
    let none = if too_young { Refusal::TooYoung } else { Refusal::NoLine };
    Err(first_word.unwrap_or(none))
}
