//! `[entitlement]`: how it is shown at the end of a stay what payers beyond basic insurance owe, without the scheme
//! and with it, and the minutes that this takes. Must never count a stay: the run does.

use super::form::word;
use super::reader::Reader;

/// How a patient shows what he is entitled to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Certificates and copies, which each counter wants to see.
    Paper,
    /// The counter finds it in the data of the offices that know.
    DataMatching,
}

/// Where the payers beyond basic insurance settle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Each at a counter of its own.
    Counters,
    /// All at one window.
    OneStopWindow,
}

/// One way of showing and settling it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Showing {
    /// How it is proved.
    pub proof: Proof,
    /// Where it is settled.
    pub place: Place,
}

/// Minutes of the patient and of clerks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Minutes {
    /// The patient's, or a relative's.
    pub patient: u64,
    /// Clerks', whoever employs them.
    pub clerk: u64,
}

/// How entitlement is shown and what it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntitlementSpec {
    /// Stays outside the scheme, in every arm.
    pub usual: Showing,
    /// Stays that the scheme treats first.
    pub scheme: Showing,
    /// A proof, by `Proof as usize`, at each counter.
    pub proofs: [Minutes; 2],
    /// A counter, by `Place as usize`.
    pub places: [Minutes; 2],
}

impl EntitlementSpec {
    /// Counters that a stay takes to which so many payers beyond basic insurance owe something, and the minutes
    /// there: nobody has to show anything where nobody else pays.
    pub fn work(&self, by_scheme: bool, payers: u64) -> (u64, Minutes) {
        let Showing { proof, place } = if by_scheme { self.scheme } else { self.usual };
        let counters = match place {
            Place::Counters => payers,
            Place::OneStopWindow => payers.min(1),
        };
        let (proof, place) = (self.proofs[proof as usize], self.places[place as usize]);
        let minutes = Minutes {
            patient: counters * (proof.patient + place.patient),
            clerk: counters * (proof.clerk + place.clerk),
        };
        (counters, minutes)
    }
}

/// Reads `[entitlement]`, if it is there.
pub(super) fn read(r: &mut Reader<'_>) -> Option<EntitlementSpec> {
    let doc =
        "how it is shown what payers beyond basic insurance owe for a stay; absent = not followed";
    r.maybe_table("entitlement", doc, |r| EntitlementSpec {
        usual: r.table("usual", "stays outside the scheme, in every arm", showing),
        scheme: r.table("scheme", "stays that the scheme treats first", showing),
        proofs: [
            r.table("paper", "certificates and copies, at each counter", minutes),
            r.table("data_matching", "the counter looks it up", minutes),
        ],
        places: [
            r.table("counters", "each payer's own counter", minutes),
            r.table("one_stop_window", "one window for all payers", minutes),
        ],
    })
}

fn showing(r: &mut Reader<'_>) -> Showing {
    let proofs = [("paper", Proof::Paper), ("data_matching", Proof::DataMatching)];
    let places = [("counters", Place::Counters), ("one_stop_window", Place::OneStopWindow)];
    Showing {
        proof: r.get("proof", "how it is proved", &word(&proofs)),
        place: r.get("place", "where these payers settle", &word(&places)),
    }
}

fn minutes(r: &mut Reader<'_>) -> Minutes {
    Minutes {
        patient: r.count(
            "patient_min",
            "minutes of the patient or a relative, ways included",
            0,
            10_000,
        ),
        clerk: r.count("clerk_min", "minutes of clerks", 0, 10_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_as_many_as_payers_and_a_window_is_one() {
        let spec = EntitlementSpec {
            usual: Showing { proof: Proof::Paper, place: Place::Counters },
            scheme: Showing { proof: Proof::DataMatching, place: Place::OneStopWindow },
            proofs: [Minutes { patient: 60, clerk: 10 }, Minutes { patient: 1, clerk: 2 }],
            places: [Minutes { patient: 45, clerk: 8 }, Minutes { patient: 15, clerk: 12 }],
        };
        let cases = [
            (false, 0, (0, 0, 0)),
            (false, 1, (1, 105, 18)),
            (false, 3, (3, 315, 54)),
            (true, 0, (0, 0, 0)),
            (true, 1, (1, 16, 14)),
            (true, 3, (1, 16, 14)),
        ];
        for (by_scheme, payers, expected) in cases {
            let (counters, minutes) = spec.work(by_scheme, payers);
            assert_eq!(
                (counters, minutes.patient, minutes.clerk),
                expected,
                "{by_scheme} {payers}"
            );
        }
    }
}
