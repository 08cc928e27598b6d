//! Queueing theory in closed form, beside which the simulator is held (`simulated`). Must never call
//! the simulator: it is the other side of the comparison.

use super::Answer;
use super::inputs::{Inputs, number};
use libm::{atan, ceil, cos, exp, lgamma, log, pow, sin, sqrt};
use serde_json::{Value, json};

/// Evaluates a topic of this area.
pub(super) fn evaluate(topic: &str, inputs: Inputs) -> Option<Answer> {
    Some(match topic {
        "erlang_b" => loss(inputs),
        "mmc" => delay(inputs),
        "mm1_steady_and_transient" => mm1(inputs),
        "mm1_asymptotic_variance" => mm1_variance(inputs),
        "mmck" => finite_room(inputs),
        "erlang_a_reneging" => impatient(inputs),
        "mg1_pollaczek_khinchine" => mg1(inputs),
        "md1" => md1(inputs),
        "mdc_exact" => mdc(inputs),
        "gi_m_c_exact" => gi_m_c(inputs),
        "ggc_approximations" => ggc(inputs),
        "gg1_kingman" => kingman(inputs),
        "mmc_nonpreemptive_priority" => priority(inputs),
        "mg1_priority" => mg1_priority(inputs),
        "jackson_outpatient_credit_saving" => super::networks::jackson(inputs),
        "jackson_partial_adoption" => super::networks::adoption(inputs),
        "closed_network_mva" => super::networks::closed(inputs),
        "pooling" => pooling(inputs),
        "batch_arrivals" => batches(inputs),
        "mt_g_inf_sinusoidal" => sinusoidal(inputs),
        "mt_m_c_periodic" => super::periodic::periodic(inputs),
        "fluid_backlog" => fluid(inputs),
        _ => return None,
    })
}

/// A station with Poisson arrivals and exponential service.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mmc {
    pub(super) lambda: f64,
    pub(super) mu: f64,
    pub(super) servers: u32,
}

impl Mmc {
    pub(super) fn new(lambda: f64, mu: f64, servers: u32) -> Result<Mmc, String> {
        let station = Mmc { lambda, mu, servers };
        let load = station.load();
        let sound = lambda > 0.0 && mu > 0.0 && (1..100_000).contains(&servers);
        if sound && load < 1.0 {
            Ok(station)
        } else {
            Err(format!("a load of {load} is not below 1"))
        }
    }

    fn of(inputs: Inputs) -> Result<Mmc, String> {
        Mmc::new(inputs.number("lambda_")?, inputs.number("mu")?, inputs.count("c")?)
    }

    pub(super) fn load(&self) -> f64 {
        self.lambda / self.spare_base()
    }

    fn spare_base(&self) -> f64 {
        f64::from(self.servers) * self.mu
    }

    /// c μ − λ.
    fn spare(&self) -> f64 {
        self.spare_base() - self.lambda
    }

    /// Erlang's C: the probability of waiting.
    fn p_wait(&self) -> f64 {
        let blocking = erlang_b(self.lambda / self.mu, self.servers);
        blocking / (1.0 - self.load() * (1.0 - blocking))
    }

    /// Mean wait.
    pub(super) fn wait(&self) -> f64 {
        self.p_wait() / self.spare()
    }
}

/// Erlang's B, by its recursion.
fn erlang_b(offered: f64, servers: u32) -> f64 {
    (1..=servers).fold(1.0, |b, k| offered * b / (f64::from(k) + offered * b))
}

fn loss(inputs: Inputs) -> Answer {
    let (offered, servers) = (inputs.number("offered_load")?, inputs.count("servers")?);
    let blocking = erlang_b(offered, servers);
    let carried = offered * (1.0 - blocking);
    Ok(json!({
        "blocking": blocking, "carried": carried, "utilisation": carried / f64::from(servers),
    }))
}

fn delay(inputs: Inputs) -> Answer {
    let station = Mmc::of(inputs)?;
    let (p_wait, wait, spare) = (station.p_wait(), station.wait(), station.spare());
    let stay = wait + 1.0 / station.mu;
    let mut answer = json!({
        "utilisation": station.load(), "p_wait": p_wait, "wq": wait, "lq": station.lambda * wait,
        "w": stay, "l": station.lambda * stay, "wq_given_wait": 1.0 / spare,
        "wq_p95": (log(p_wait / 0.05) / spare).max(0.0),
    });
    if !inputs.at("t").is_null() {
        answer["p_wait_gt_t"] = json!(p_wait * exp(-spare * inputs.number("t")?));
    }
    Ok(answer)
}

/// States kept of a queue that starts empty.
const STATES: usize = 600;

fn mm1(inputs: Inputs) -> Answer {
    let station = Mmc::new(inputs.number("lambda_")?, inputs.number("mu")?, 1)?;
    let (rho, wait) = (station.load(), station.wait());
    let gap = 1.0 - sqrt(rho);
    let times = inputs.numbers("times")?;
    if times.iter().any(|&t| !(0.0..=1e4).contains(&(t * station.mu))) {
        return Err("times: expected 0 to 10,000 services".to_owned());
    }
    let means: Vec<f64> = times.iter().map(|&t| from_empty(&station, t)).collect();
    Ok(json!({
        "l": rho / (1.0 - rho), "wq": wait, "w": wait + 1.0 / station.mu,
        "var_n": rho / ((1.0 - rho) * (1.0 - rho)), "mean_n_from_empty": means,
        "relaxation_time": 1.0 / (station.mu * gap * gap),
    }))
}

/// Mean number at time `t` of a queue that starts empty, by uniformisation: the chain of events at
/// rate λ + μ, weighted by the Poisson number of them.
fn from_empty(station: &Mmc, t: f64) -> f64 {
    let rate = station.lambda + station.mu;
    let (up, down) = (station.lambda / rate, station.mu / rate);
    let events = rate * t;
    let last = (events + 12.0 * sqrt(events + 1.0)) as u32 + 40;
    let mut state = vec![0.0; STATES];
    state[0] = 1.0;
    let mut mean = 0.0;
    for k in 0..=last {
        let weight = exp(f64::from(k) * log(events) - events - lgamma(f64::from(k) + 1.0));
        let weight = if events > 0.0 { weight } else { f64::from(u8::from(k == 0)) };
        mean += weight * state.iter().zip(0_u32..).map(|(p, n)| p * f64::from(n)).sum::<f64>();
        state = (0..STATES)
            .map(|n| {
                let below = if n > 0 { up * state[n - 1] } else { down * state[0] };
                let above = if n + 1 < STATES { down * state[n + 1] } else { up * state[n] };
                below + above
            })
            .collect();
    }
    mean
}

/// Daley's asymptotic variance of the mean delay, and the customers for a 95 per cent interval.
fn mm1_variance(inputs: Inputs) -> Answer {
    let (rho, mu) = (inputs.number("rho")?, inputs.number("mu")?);
    let left = 1.0 - rho;
    let factor = 2.0 + 5.0 * rho - 4.0 * rho * rho + rho * rho * rho;
    let variance = rho * factor / (left * left * left * left) / (mu * mu);
    let mean = rho / (mu * left);
    let z = crate::random::normal_quantile(0.975);
    let half = inputs.number("target_rel_halfwidth")? * mean;
    Ok(json!({
        "asymptotic_variance": variance, "mean_delay": mean,
        "customers_for_target": ceil(z * z * variance / (half * half)),
    }))
}

/// Stationary law of a birth–death chain on 0..=top.
fn birth_death(top: u32, birth: impl Fn(u32) -> f64, death: impl Fn(u32) -> f64) -> Vec<f64> {
    let mut logs = vec![0.0];
    for n in 0..top {
        logs.push(logs[n as usize] + log(birth(n)) - log(death(n + 1)));
    }
    let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = logs.iter().map(|l| exp(l - largest)).collect();
    let total: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / total).collect()
}

/// Mean of f(n) under a law.
fn mean_of(law: &[f64], f: impl Fn(f64) -> f64) -> f64 {
    law.iter().zip(0_u32..).map(|(p, n)| p * f(f64::from(n))).sum()
}

fn finite_room(inputs: Inputs) -> Answer {
    let (lambda, mu) = (inputs.number("lambda_")?, inputs.number("mu")?);
    let (servers, room) = (inputs.count("c")?, inputs.count("K")?);
    if servers == 0 || room < servers || room > 100_000 {
        return Err("K: expected at least c and at most 100000".to_owned());
    }
    let law = birth_death(room, |_| lambda, |n| mu * f64::from(n.min(servers)));
    let blocked = law[room as usize];
    let admitted = lambda * (1.0 - blocked);
    let queue = mean_of(&law, |n| (n - f64::from(servers)).max(0.0));
    let present = mean_of(&law, |n| n);
    Ok(json!({
        "p_block": blocked, "throughput": admitted, "l": present, "lq": queue,
        "wq_admitted": queue / admitted, "w_admitted": present / admitted, "p0": law[0],
    }))
}

fn impatient(inputs: Inputs) -> Answer {
    let (lambda, mu) = (inputs.number("lambda_")?, inputs.number("mu")?);
    let (theta, servers) = (inputs.number("theta")?, inputs.count("c")?);
    if theta <= 0.0 || servers == 0 {
        return Err("theta and c: expected more than 0".to_owned());
    }
    let offered = lambda / mu.min(theta);
    let top = (offered + 20.0 * sqrt(offered) + 100.0) as u32 + servers;
    let served = |n: u32| mu * f64::from(n.min(servers));
    let law =
        birth_death(top, |_| lambda, |n| served(n) + theta * f64::from(n.saturating_sub(servers)));
    let queue = mean_of(&law, |n| (n - f64::from(servers)).max(0.0));
    let wait: f64 = law[servers as usize..].iter().sum();
    Ok(json!({
        "p_abandon": theta * queue / lambda, "p_wait": wait, "lq": queue,
        "mean_wait_all": queue / lambda,
    }))
}

/// Moments 2 and 3 of a log-normal time by mean and coefficient of variation.
fn mg1(inputs: Inputs) -> Answer {
    let (lambda, mean) = (inputs.number("lambda_")?, inputs.number("mean_service")?);
    let cv = inputs.number("cv_service")?;
    let rho = stable(lambda * mean)?;
    let growth = 1.0 + cv * cv;
    let second = mean * mean * growth;
    let third = mean * mean * mean * growth * growth * growth;
    let wait = lambda * second / (2.0 * (1.0 - rho));
    let wait_second = 2.0 * wait * wait + lambda * third / (3.0 * (1.0 - rho));
    Ok(json!({
        "rho": rho, "wq": wait, "w": wait + mean, "lq": lambda * wait,
        "sd_wq": sqrt(wait_second - wait * wait),
    }))
}

fn stable(rho: f64) -> Result<f64, String> {
    if rho > 0.0 && rho < 1.0 { Ok(rho) } else { Err(format!("a load of {rho} is not below 1")) }
}

/// Erlang's series for the constant service time; its terms alternate, so t stays within some
/// services.
fn md1(inputs: Inputs) -> Answer {
    let (lambda, service) = (inputs.number("lambda_")?, inputs.number("service")?);
    let t = inputs.number("t")?;
    let rho = stable(lambda * service)?;
    if !(0.0..=20.0 * service).contains(&t) {
        return Err("t: expected 0 to 20 services".to_owned());
    }
    let terms = libm::floor(t / service) as u32;
    let term = |j: u32| {
        let x = lambda * (f64::from(j) * service - t);
        let power = if j == 0 { 1.0 } else { pow(x, f64::from(j)) };
        power * exp(-x - lgamma(f64::from(j) + 1.0))
    };
    let series: f64 = (0..=terms).map(term).sum();
    Ok(json!({
        "wq": rho * service / (2.0 * (1.0 - rho)),
        "p_wait_le_t": (1.0 - rho) * series, "p_no_wait": 1.0 - rho,
    }))
}

/// Crommelin's law of the number present at intervals of one service, by iteration.
fn mdc(inputs: Inputs) -> Answer {
    let (lambda, service) = (inputs.number("lambda_")?, inputs.number("service")?);
    let servers = inputs.count("c")? as usize;
    let arriving = lambda * service;
    let rho = stable(arriving / servers as f64)?;
    if servers > 200 || rho > 0.98 {
        return Err("expected at most 200 servers and a load of at most 0.98".to_owned());
    }
    let top = servers + (60.0 / (1.0 - rho)) as usize + 40;
    let poisson: Vec<f64> = (0..=top)
        .map(|k| exp(k as f64 * log(arriving) - arriving - lgamma(k as f64 + 1.0)))
        .collect();
    let mut law = vec![0.0; top + 1];
    law[0] = 1.0;
    loop {
        let next = after_a_service(&law, &poisson, servers);
        let moved: f64 = next.iter().zip(&law).map(|(a, b)| (a - b).abs()).sum();
        law = next;
        if moved < 1e-14 {
            break;
        }
    }
    let queue = mean_of(&law, |n| (n - servers as f64).max(0.0));
    let wait: f64 = 1.0 - law[..servers].iter().sum::<f64>();
    Ok(json!({ "rho": rho, "wq": queue / lambda, "lq": queue, "p_wait": wait }))
}

/// Whoever is in service leaves, Poisson arrivals join; what falls off the top stays there.
fn after_a_service(law: &[f64], poisson: &[f64], servers: usize) -> Vec<f64> {
    let top = law.len() - 1;
    let mut left = vec![0.0; law.len()];
    for (n, p) in law.iter().enumerate() {
        left[n.saturating_sub(servers)] += p;
    }
    let mut next: Vec<f64> =
        (0..top).map(|n| (0..=n).map(|stayed| left[stayed] * poisson[n - stayed]).sum()).collect();
    next.push((1.0 - next.iter().sum::<f64>()).max(0.0));
    next
}

/// Arrivals that renew, exponential service: σ = A*(cμ(1 − σ)).
fn gi_m_c(inputs: Inputs) -> Answer {
    let station = Mmc::of(inputs)?;
    let Mmc { lambda, mu, servers } = station;
    let stages = match inputs.text("arrival")?.split('/').next() {
        Some("D") => None,
        Some("M") => Some(1.0),
        Some(name) if name.starts_with('E') => Some(number(inputs.at("erlang_k"))?),
        _ => return Err("arrival: expected D, M or E_k".to_owned()),
    };
    // Laplace transform of the time between arrivals, and its squared coefficient of variation.
    let transform = |s: f64| match stages {
        None => exp(-s / lambda),
        Some(k) => pow(k * lambda / (k * lambda + s), k),
    };
    let variation = stages.map_or(0.0, |k| 1.0 / k);
    let rate = f64::from(servers) * mu;
    let mut sigma = station.load();
    for _ in 0..100_000 {
        let next = transform(rate * (1.0 - sigma));
        let moved = (next - sigma).abs();
        sigma = next;
        if moved < 1e-16 {
            break;
        }
    }
    let wait_chance = renewal_wait(&station, sigma, transform);
    let wait = wait_chance / (rate * (1.0 - sigma));
    let approximate = station.wait() * (variation + 1.0) / 2.0;
    Ok(json!({
        "sigma": sigma, "p_wait": wait_chance, "wq": wait, "wq_allen_cunneen": approximate,
        "allen_cunneen_rel_error": approximate / wait - 1.0,
    }))
}

/// Takács' formula: the probability that an arrival finds all servers busy.
fn renewal_wait(station: &Mmc, sigma: f64, transform: impl Fn(f64) -> f64) -> f64 {
    let c = station.servers;
    let servers = f64::from(c);
    let phi = |j: u32| transform(f64::from(j) * station.mu);
    let (mut product, mut ways, mut sum) = (1.0, 1.0, 0.0);
    for j in 1..=c {
        let (step, at) = (f64::from(j), phi(j));
        product *= at / (1.0 - at);
        ways *= (servers - step + 1.0) / step;
        let spread = servers * (1.0 - at) - step;
        sum += ways / (product * (1.0 - at)) * spread / (servers * (1.0 - sigma) - step);
    }
    let k = 1.0 / (1.0 / (1.0 - sigma) + sum);
    k / (1.0 - sigma)
}

/// Allen and Cunneen, Sakasegawa.
fn ggc(inputs: Inputs) -> Answer {
    let (lambda, mean) = (inputs.number("lambda_")?, inputs.number("mean_service")?);
    let servers = inputs.count("c")?;
    let station = Mmc::new(lambda, 1.0 / mean, servers)?;
    let variation = half_sum_of_squares(inputs)?;
    let (rho, c) = (station.load(), f64::from(servers));
    let exponent = sqrt(2.0 * (c + 1.0)) - 1.0;
    let sakasegawa = mean / c * pow(rho, exponent) / (1.0 - rho) * variation;
    Ok(json!({
        "rho": rho, "wq_allen_cunneen": station.wait() * variation,
        "wq_sakasegawa": sakasegawa, "wq_mmc": station.wait(),
    }))
}

fn half_sum_of_squares(inputs: Inputs) -> Result<f64, String> {
    let (arrival, service) = (inputs.number("cv_arrival")?, inputs.number("cv_service")?);
    Ok(f64::midpoint(arrival * arrival, service * service))
}

fn kingman(inputs: Inputs) -> Answer {
    let (lambda, mean) = (inputs.number("lambda_")?, inputs.number("mean_service")?);
    let rho = stable(lambda * mean)?;
    let square = |x: f64| x * x;
    let arrival = square(inputs.number("cv_arrival")? / lambda);
    let service = square(inputs.number("cv_service")? * mean);
    Ok(json!({
        "rho": rho,
        "wq_kingman_approx": rho / (1.0 - rho) * half_sum_of_squares(inputs)? * mean,
        "wq_upper_bound": lambda * (arrival + service) / (2.0 * (1.0 - rho)),
    }))
}

/// Cobham's waits of classes that do not interrupt each other.
fn priority(inputs: Inputs) -> Answer {
    let classes = inputs.numbers("lambda_by_class")?;
    let total: f64 = classes.iter().sum();
    let station = Mmc::new(total, inputs.number("mu")?, inputs.count("c")?)?;
    let rate = f64::from(station.servers) * station.mu;
    let mut before = 0.0;
    let mut waits = Vec::new();
    for lambda in &classes {
        let here = before + lambda / rate;
        waits.push(station.p_wait() / rate / ((1.0 - before) * (1.0 - here)));
        before = here;
    }
    let overall = classes.iter().zip(&waits).map(|(l, w)| l * w).sum::<f64>() / total;
    Ok(json!({ "wq_by_class": waits, "wq_overall": overall, "wq_fcfs": station.wait() }))
}

fn mg1_priority(inputs: Inputs) -> Answer {
    let classes = inputs.rows("classes_lambda_mean_cv")?;
    let second = |class: &Vec<f64>| class[1] * class[1] * (1.0 + class[2] * class[2]);
    if classes.iter().any(|class| class.len() != 3) {
        return Err("a class is [lambda, mean, cv]".to_owned());
    }
    stable(classes.iter().map(|class| class[0] * class[1]).sum())?;
    let residual: f64 = classes.iter().map(|class| class[0] * second(class) / 2.0).sum();
    let (mut before, mut seen) = (0.0, 0.0);
    let (mut waits, mut stays) = (Vec::new(), Vec::new());
    for class in &classes {
        let here = before + class[0] * class[1];
        let room = (1.0 - before) * (1.0 - here);
        seen += class[0] * second(class) / 2.0;
        waits.push(residual / room);
        stays.push(class[1] / (1.0 - before) + seen / room);
        before = here;
    }
    Ok(json!({
        "wq_nonpreemptive": waits, "sojourn_preemptive_resume": stays, "mean_residual": residual,
    }))
}

fn pooling(inputs: Inputs) -> Answer {
    let pooled = Mmc::of(inputs)?;
    let alone = pooled.lambda / f64::from(pooled.servers);
    let separate = Mmc::new(alone, pooled.mu, 1)?.wait();
    let together = pooled.wait();
    Ok(json!({ "wq_separate": separate, "wq_pooled": together, "ratio": separate / together }))
}

/// Batches of random size, one exponential server.
fn batches(inputs: Inputs) -> Answer {
    let (rate, mu) = (inputs.number("batch_rate")?, inputs.number("mu")?);
    let shares = inputs.numbers("batch_pmf_from_1")?;
    let moment = |power: f64| {
        shares.iter().zip(1_u32..).map(|(p, k)| p * pow(f64::from(k), power)).sum::<f64>()
    };
    let (first, second) = (moment(1.0), moment(2.0));
    let lambda = rate * first;
    let rho = stable(lambda / mu)?;
    let present = rho * (1.0 + second / first) / (2.0 * (1.0 - rho));
    let stay = present / lambda;
    Ok(json!({ "rho": rho, "l": present, "w": stay, "wq": stay - 1.0 / mu }))
}

/// Servers without end under a rate that swings over the period.
fn sinusoidal(inputs: Inputs) -> Answer {
    let (mean, swing) = (inputs.number("mean_rate")?, inputs.number("amplitude")?);
    let (mu, period) = (inputs.number("mu")?, inputs.number("period")?);
    let turn = 2.0 * std::f64::consts::PI / period;
    let square = mu * mu + turn * turn;
    let busy = |t: f64| mean / mu + swing * (mu * sin(turn * t) - turn * cos(turn * t)) / square;
    let times = inputs.numbers("times")?;
    Ok(json!({
        "m": times.into_iter().map(busy).collect::<Vec<f64>>(),
        "peak_lag": atan(turn / mu) / turn,
        "peak_value": mean / mu + swing / sqrt(square),
    }))
}

fn fluid(inputs: Inputs) -> Answer {
    let (backlog, lambda) = (inputs.number("backlog")?, inputs.number("lambda_")?);
    let servers = inputs.number("c")?;
    let spare = servers * inputs.number("mu")? - lambda;
    if spare <= 0.0 {
        return Err("the backlog never clears: the load is not below 1".to_owned());
    }
    let over = backlog - servers;
    let answer: Value = json!({
        "clear_time_hours": over / spare,
        "total_wait_person_hours": over * over / (2.0 * spare),
    });
    Ok(answer)
}
