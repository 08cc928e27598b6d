//! One settlement across provinces as messages: hospital, province of care, national hub, province of
//! insurance, and the answer back the same way. Attempts, time-outs, retries of the same request id,
//! duplicates, late answers. Must never draw: every word comes from the caller; and must never settle
//! twice: the far end answers a known id with its first answer.

use crate::domain::{Ms, TimeMs};

/// One link of the way and the system at its far end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// Name of the system at the far end.
    pub name: String,
    /// Time over the link, one way: equally likely values.
    pub latency_ms: Vec<Ms>,
    /// Time inside the system, paid by requests only.
    pub service_ms: Ms,
    /// Messages lost on the link, of a million, while it is up.
    pub lost_per_million: u32,
    /// Whether a direct connection leaves this system out.
    pub left_out_by_direct: bool,
    /// Planned number of outages a year.
    pub outages_per_year: u32,
    /// Length of an outage in minutes: equally likely values.
    pub outage_min: Vec<u32>,
}

/// When a link is down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outage {
    /// Position of the link.
    pub link: usize,
    /// First instant.
    pub from: TimeMs,
    /// First instant at which it is up again.
    pub until: TimeMs,
}

/// How the hospital asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asking {
    /// Time after which an attempt counts as unanswered.
    pub timeout_ms: Ms,
    /// Pause before the next attempt.
    pub pause_ms: Ms,
    /// Attempts in all, at least one.
    pub attempts: u8,
    /// Requests that the network delivers twice, of a million.
    pub duplicated_per_million: u32,
}

/// What a word is drawn for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Draw {
    /// Time over a link, on the way out or back.
    Latency,
    /// Whether a link loses the message.
    Loss,
    /// Whether a request arrives twice.
    Duplicate,
}

/// The address of a word: attempt, position of the link, way back or not, purpose.
pub type At = (u8, usize, bool, Draw);

/// How one request ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    /// When the hospital took an answer.
    pub answered: Option<TimeMs>,
    /// When the hospital stopped waiting, answered or not.
    pub ended: TimeMs,
    /// When the far end settled.
    pub settled: Option<TimeMs>,
    /// Attempts sent.
    pub attempts: u8,
    /// Attempts that timed out.
    pub timed_out: u8,
    /// Requests that the far end knew already and answered from its record.
    pub replayed: u8,
    /// Answers that came after another one had been taken, or after giving up: ignored.
    pub ignored: u8,
    /// Answers ignored although their attempt was sent before that of the answer taken.
    pub out_of_order: u8,
    /// Messages lost on the way.
    pub lost: u8,
}

impl Exchange {
    /// Settled at the far end without the hospital knowing: to be queried, and reversed if the bill
    /// is paid otherwise.
    pub fn is_half_done(&self) -> bool {
        self.settled.is_some() && self.answered.is_none()
    }
}

/// The way of a request at one hospital.
#[derive(Clone, Debug)]
pub struct Route<'r> {
    /// Links in the order of the way out, those of a direct connection only where it is used.
    pub links: Vec<(usize, &'r Link)>,
    /// When links are down.
    pub outages: &'r [Outage],
}

/// An answer on its way to the hospital.
#[derive(Clone, Copy)]
struct Answer {
    arrives: TimeMs,
    attempt: u8,
}

impl<'r> Route<'r> {
    /// The way over all links, or over those that a direct connection keeps.
    pub fn new(links: &'r [Link], outages: &'r [Outage], direct: bool) -> Route<'r> {
        let kept =
            links.iter().enumerate().filter(|(_, link)| !(direct && link.left_out_by_direct));
        Route { links: kept.collect(), outages }
    }

    /// Sends one request at an instant and follows it to its end.
    pub fn exchange(&self, asking: &Asking, at: TimeMs, draw: impl Fn(At) -> u32) -> Exchange {
        let mut done = Exchange { ended: at, ..Exchange::default() };
        let mut answers: Vec<Answer> = Vec::new();
        let mut arrivals: Vec<Answer> = Vec::new();
        let mut sent = at;
        for attempt in 0..asking.attempts {
            if let Some(first) = earliest(&answers)
                && first.arrives <= sent
            {
                // It came during the pause.
                done.ended = first.arrives;
                break;
            }
            done.attempts += 1;
            self.send(attempt, asking, sent, &draw, &mut done, &mut arrivals);
            let back = |arrival: &Answer| self.back(arrival, &draw);
            answers.clear();
            let returned = arrivals.iter().map(back);
            answers.extend(returned.clone().flatten());
            let deadline = sent + i64::from(asking.timeout_ms);
            done.ended = deadline;
            if earliest(&answers).is_some_and(|first| first.arrives <= deadline) {
                break;
            }
            done.timed_out += 1;
            sent = deadline + i64::from(asking.pause_ms);
        }
        let unanswered = arrivals.len() - answers.len();
        done.lost += u8::try_from(unanswered).unwrap_or(u8::MAX);
        done.replayed = u8::try_from(arrivals.len().saturating_sub(1)).unwrap_or(u8::MAX);
        done.settled = earliest(&arrivals).map(|first| first.arrives);
        Self::take(&answers, done)
    }

    /// The hospital takes the first answer that comes while it waits; the others are ignored.
    fn take(answers: &[Answer], mut done: Exchange) -> Exchange {
        let first = earliest(answers).filter(|first| first.arrives <= done.ended);
        done.answered = first.map(|first| first.arrives);
        done.ended = done.answered.unwrap_or(done.ended);
        let others = answers.len() - usize::from(first.is_some());
        done.ignored = u8::try_from(others).unwrap_or(u8::MAX);
        let before = |answer: &&Answer| first.is_some_and(|first| answer.attempt < first.attempt);
        done.out_of_order = u8::try_from(answers.iter().filter(before).count()).unwrap_or(u8::MAX);
        done
    }

    /// One attempt on its way out, perhaps twice.
    fn send(
        &self,
        attempt: u8,
        asking: &Asking,
        sent: TimeMs,
        draw: &impl Fn(At) -> u32,
        done: &mut Exchange,
        arrivals: &mut Vec<Answer>,
    ) {
        let mut now = sent;
        for &(place, link) in &self.links {
            let Some(arrives) = self.cross((attempt, place, false), link, now, draw) else {
                done.lost += 1;
                return;
            };
            now = arrives + i64::from(link.service_ms);
        }
        let twice = draw((attempt, 0, false, Draw::Duplicate));
        let copies = 1 + usize::from(of_million(twice, asking.duplicated_per_million));
        arrivals.extend(std::iter::repeat_n(Answer { arrives: now, attempt }, copies));
    }

    /// The answer to an arrival on its way back.
    fn back(&self, arrival: &Answer, draw: &impl Fn(At) -> u32) -> Option<Answer> {
        let mut now = arrival.arrives;
        for &(place, link) in self.links.iter().rev() {
            now = self.cross((arrival.attempt, place, true), link, now, draw)?;
        }
        Some(Answer { arrives: now, ..*arrival })
    }

    /// Crosses one link; `None` when it is down or loses the message.
    fn cross(
        &self,
        (attempt, place, back): (u8, usize, bool),
        link: &Link,
        now: TimeMs,
        draw: &impl Fn(At) -> u32,
    ) -> Option<TimeMs> {
        let down =
            |outage: &Outage| outage.link == place && outage.from <= now && now < outage.until;
        let lost = of_million(draw((attempt, place, back, Draw::Loss)), link.lost_per_million);
        if lost || self.outages.iter().any(down) {
            return None;
        }
        let word = draw((attempt, place, back, Draw::Latency));
        Some(now + i64::from(pick(&link.latency_ms, word)))
    }
}

fn earliest(answers: &[Answer]) -> Option<&Answer> {
    answers.iter().min_by_key(|answer| (answer.arrives, answer.attempt))
}

/// One of equally likely values; zero when there are none.
pub fn pick<T: Copy + Default>(values: &[T], word: u32) -> T {
    let at = (u64::from(word) * values.len() as u64) >> 32;
    values.get(at as usize).copied().unwrap_or_default()
}

/// True with a probability in millionths.
pub fn of_million(word: u32, per_million: u32) -> bool {
    u64::from(word) * 1_000_000 < u64::from(per_million) << 32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(latency_ms: &[Ms], lost_per_million: u32) -> Link {
        Link {
            latency_ms: latency_ms.to_vec(),
            service_ms: 100,
            lost_per_million,
            ..Link::default()
        }
    }

    const ASKING: Asking =
        Asking { timeout_ms: 1_000, pause_ms: 500, attempts: 3, duplicated_per_million: 0 };

    #[test]
    fn an_answer_takes_every_link_twice_and_every_system_once() {
        let links = [link(&[20], 0), link(&[50], 0), link(&[70], 0)];
        let route = Route::new(&links, &[], false);
        let done = route.exchange(&ASKING, TimeMs(0), |_| 0);
        assert_eq!(done.answered, Some(TimeMs(2 * (20 + 50 + 70) + 300)));
        assert_eq!((done.attempts, done.timed_out, done.lost, done.replayed), (1, 0, 0, 0));
        let direct = [Link { left_out_by_direct: true, ..link(&[20], 0) }, link(&[50], 0)];
        let done = Route::new(&direct, &[], true).exchange(&ASKING, TimeMs(0), |_| 0);
        assert_eq!(done.answered, Some(TimeMs(200)), "one hop less");
    }

    #[test]
    fn a_lost_answer_is_asked_for_again_and_settled_once() {
        // The answer of the first attempt is lost on the way back.
        let links = [link(&[20], 1)];
        let words = |(attempt, _, back, what): At| match what {
            Draw::Loss if back && attempt == 0 => 0,
            _ => u32::MAX,
        };
        let done = Route::new(&links, &[], false).exchange(&ASKING, TimeMs(0), words);
        assert_eq!((done.attempts, done.timed_out, done.replayed, done.lost), (2, 1, 1, 1));
        assert_eq!(done.settled, Some(TimeMs(120)), "by the first attempt");
        assert_eq!(done.answered, Some(TimeMs(1_500 + 140)));
        assert!(!done.is_half_done());
    }

    #[test]
    fn a_late_answer_may_come_out_of_order_and_counts_once() {
        // Attempt 0 crawls, attempt 1 is quick: its answer comes first, the other is ignored.
        let links = [link(&[20, 1_600], 0)];
        let words = |(attempt, _, back, what): At| match what {
            Draw::Latency if attempt == 0 && back => u32::MAX,
            _ => 0,
        };
        let done = Route::new(&links, &[], false).exchange(&ASKING, TimeMs(0), words);
        assert_eq!((done.attempts, done.answered), (2, Some(TimeMs(1_640))));
        assert_eq!((done.ignored, done.out_of_order, done.replayed), (1, 1, 1));
    }

    #[test]
    fn an_outage_swallows_every_attempt_and_an_answer_lost_for_good_is_half_done() {
        let links = [link(&[20], 0)];
        let down = [Outage { link: 0, from: TimeMs(0), until: TimeMs(10_000) }];
        let done = Route::new(&links, &down, false).exchange(&ASKING, TimeMs(0), |_| 0);
        assert_eq!((done.attempts, done.timed_out, done.lost), (3, 3, 3));
        assert_eq!((done.answered, done.settled, done.ended), (None, None, TimeMs(4_000)));
        let down = [Outage { link: 0, from: TimeMs(100), until: TimeMs(10_000) }];
        let done = Route::new(&links, &down, false).exchange(&ASKING, TimeMs(0), |_| 0);
        assert_eq!((done.settled, done.is_half_done()), (Some(TimeMs(120)), true));
        let late = Route::new(&links, &down, false).exchange(&ASKING, TimeMs(10_000), |_| 0);
        assert_eq!(late.attempts, 1, "repaired");
    }

    #[test]
    fn a_duplicate_is_answered_from_the_record() {
        let asking = Asking { duplicated_per_million: 1_000_000, ..ASKING };
        let links = [link(&[20], 0)];
        let done = Route::new(&links, &[], false).exchange(&asking, TimeMs(0), |_| 0);
        assert_eq!((done.attempts, done.replayed, done.ignored), (1, 1, 1));
        assert!(of_million(0, 1) && !of_million(u32::MAX, 999_999) && !of_million(0, 0));
    }
}
