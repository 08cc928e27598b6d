//! A station under a rate that swings over the day, by the forward equations of its birth–death chain.
//! Must never call the simulator.

use super::Answer;
use super::inputs::Inputs;
use super::queues::Mmc;
use libm::{round, sin};
use serde_json::{Value, json};

/// States kept; the chance of more is far below what is compared.
const STATES: usize = 300;
/// Periods run before the one that is read, and steps of a period.
const WARM_UP: usize = 6;
const STEPS: usize = 4_800;

/// Rates of the chain; times in the case's unit.
struct Chain {
    mean: f64,
    swing: f64,
    mu: f64,
    servers: usize,
    period: f64,
}

/// The law at each step of the period that is read.
struct Periodic {
    lines: Vec<f64>,
    all_busy: Vec<f64>,
    rates: Vec<f64>,
}

impl Chain {
    fn of(inputs: Inputs) -> Result<Chain, String> {
        let chain = Chain {
            mean: inputs.number("mean_rate")?,
            swing: inputs.number("amplitude")?,
            mu: inputs.number("mu")?,
            servers: inputs.count("c")? as usize,
            period: inputs.number("period")?,
        };
        let step = chain.period / STEPS as f64;
        let fastest = chain.mean + chain.swing.abs() + chain.mu * chain.servers as f64;
        let stable = chain.mean < chain.mu * chain.servers as f64 && chain.mean > chain.swing.abs();
        if stable && 2.0 * fastest * step < 2.5 && chain.servers < STATES / 2 {
            Ok(chain)
        } else {
            Err("expected a load below 1, a rate above 0 and rates that a period's steps resolve"
                .into())
        }
    }

    fn rate(&self, t: f64) -> f64 {
        self.mean + self.swing * sin(2.0 * std::f64::consts::PI * t / self.period)
    }

    fn served(&self, n: usize) -> f64 {
        self.mu * n.min(self.servers) as f64
    }

    /// d/dt of the law.
    fn slope(&self, t: f64, law: &[f64]) -> Vec<f64> {
        let rate = self.rate(t);
        let top = law.len() - 1;
        (0..=top)
            .map(|n| {
                let came = if n > 0 { rate * law[n - 1] } else { 0.0 };
                let left = if n < top { self.served(n + 1) * law[n + 1] } else { 0.0 };
                let up = if n < top { rate } else { 0.0 };
                came + left - (up + self.served(n)) * law[n]
            })
            .collect()
    }

    /// A step of the classical Runge–Kutta method.
    fn step(&self, t: f64, width: f64, law: &[f64]) -> Vec<f64> {
        let along = |slope: &[f64], by: f64| -> Vec<f64> {
            law.iter().zip(slope).map(|(p, s)| p + by * s).collect()
        };
        let first = self.slope(t, law);
        let second = self.slope(t + 0.5 * width, &along(&first, 0.5 * width));
        let third = self.slope(t + 0.5 * width, &along(&second, 0.5 * width));
        let fourth = self.slope(t + width, &along(&third, width));
        let mean = |n: usize| (first[n] + 2.0 * (second[n] + third[n]) + fourth[n]) / 6.0;
        law.iter().enumerate().map(|(n, p)| p + width * mean(n)).collect()
    }

    fn solve(&self) -> Periodic {
        let width = self.period / STEPS as f64;
        let mut law = vec![0.0; STATES + 1];
        law[0] = 1.0;
        let mut read = Periodic { lines: Vec::new(), all_busy: Vec::new(), rates: Vec::new() };
        for k in 0..(WARM_UP + 1) * STEPS {
            let t = k as f64 * width;
            if k >= WARM_UP * STEPS {
                let waiting = law[self.servers..].iter().zip(0_u32..);
                read.lines.push(waiting.map(|(p, n)| p * f64::from(n)).sum());
                read.all_busy.push(law[self.servers..].iter().sum());
                read.rates.push(self.rate(t));
            }
            law = self.step(t, width, &law);
        }
        read
    }

    fn place(&self, t: f64) -> usize {
        round(t / self.period * STEPS as f64) as usize % STEPS
    }
}

/// The topic `mt_m_c_periodic`.
pub(super) fn periodic(inputs: Inputs) -> Answer {
    let chain = Chain::of(inputs)?;
    let times = inputs.numbers("times")?;
    let read = chain.solve();
    let at = |values: &[f64]| times.iter().map(|&t| values[chain.place(t)]).collect::<Vec<f64>>();
    let all: f64 = read.rates.iter().sum();
    let delayed: f64 = read.rates.iter().zip(&read.all_busy).map(|(rate, p)| rate * p).sum();
    // As if each instant lasted for ever: nothing where the rate is more than can be served.
    let stationary = times.iter().map(|&t| {
        let station = Mmc::new(chain.rate(t), chain.mu, chain.servers as u32);
        station.map_or(Value::Null, |station| json!(station.lambda * station.wait()))
    });
    Ok(json!({
        "lq": at(&read.lines),
        "p_all_busy": at(&read.all_busy),
        "mean_wq_hours": read.lines.iter().sum::<f64>() / all,
        "p_delay": delayed / all,
        "lq_pointwise_stationary": stationary.collect::<Vec<Value>>(),
    }))
}
