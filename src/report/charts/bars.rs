//! Bar charts: time in hospital by part, payment by age, distribution of saved minutes. Must never
//! stack parts that overlap.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::super::numbers::{decimal, tick};
use super::super::source::{Arm, ArmRole, HistogramRow, Summary, distinct, term};
use super::super::words::{self as w, Text as Word};
use super::Brief;
use super::canvas::{self, Area, Colour, Drawn, Key, LABEL_PX, Sheet, Slots, Step, quiet_axes};
use super::stacks::{self, Stack};

/// Stacked bars by arm. Queues at the cashier belong to payment, so "queues for care" are drawn only
/// where the summary tells clinical waiting apart from `wait`.
pub(super) fn time_in_hospital(brief: &Brief) -> Drawn {
    let stacks: Vec<Stack> = brief.arms.iter().filter_map(|arm| parts_of(brief, arm)).collect();
    if stacks.is_empty() {
        return Ok(None);
    }
    let split = stacks.iter().all(|arm| arm.pieces.len() == 3);
    let rest = if split { w::SEG_CARE } else { w::SEG_REST };
    let mut legend = vec![Key::filled(rest.of(brief.lang), canvas::PALE)];
    if split {
        legend.push(Key::filled(w::SEG_QUEUE.of(brief.lang), canvas::SKY));
    }
    legend.push(Key::filled(w::SEG_PAYMENT.of(brief.lang), canvas::VERMILLION));
    let sheet = Sheet {
        title: w::C_TIME.of(brief.lang).to_owned(),
        subtitle: w::C_TIME_SUB.of(brief.lang).to_owned(),
        legend,
        height: stacks::height(&stacks),
    };
    sheet.draw(|area| stacks::draw(area, &stacks, w::AX_MIN_VISIT.of(brief.lang)))
}

/// Care, queues for care and payment, in minutes, one after the other.
fn parts_of(brief: &Brief, arm: &Arm) -> Option<Stack> {
    let mean = |measure: &str| queue_mean(brief.source.summary(), arm, measure);
    let (total, payment) = (mean("time_in_hospital")?, mean("payment")?);
    let queue = mean("clinical_wait").filter(|queue| queue + payment <= total);
    let care = total - payment - queue.unwrap_or(0.0);
    let mut pieces = vec![(canvas::PALE, 0.0, care)];
    pieces.extend(queue.map(|queue| (canvas::SKY, care, care + queue)));
    pieces.push((canvas::VERMILLION, total - payment, total));
    let gaps = [("title", &*arm.title), ("x", &decimal(payment, 1))];
    let title = w::PAYMENT_OF.fill(brief.lang, &gaps);
    Some(Stack { title, pieces, ends: total, told: true })
}

/// Mean of a measure over all visits of an arm.
fn queue_mean(summary: Summary, arm: &Arm, measure: &str) -> Option<f64> {
    let path = match arm.role {
        ArmRole::Other(_) => format!("queue.against.{}.{measure}.all.baseline", arm.name),
        ArmRole::Baseline => format!("queue.{measure}.all.baseline"),
        ArmRole::Policy => format!("queue.{measure}.all.policy"),
    };
    summary.mean(&path)
}

/// Grouped bars: payment minutes by age band and arm.
pub(super) fn payment_by_age(brief: &Brief) -> Drawn {
    let rows = brief.source.groups.as_deref().unwrap_or_default();
    let ages = || rows.iter().filter(|row| row.group_kind == "age");
    let bands = distinct(ages().map(|row| row.group.as_str()));
    let arms: Vec<&Arm> =
        brief.arms.iter().filter(|arm| ages().any(|row| arm.is(&row.arm))).collect();
    if bands.is_empty() || arms.is_empty() {
        return Ok(None);
    }
    let minutes = |arm: &Arm, band: &str| {
        ages().find(|row| arm.is(&row.arm) && row.group == band)?.payment_min_mean
    };
    let groups: Vec<(String, Vec<(Colour, f64)>)> = bands
        .iter()
        .map(|band| {
            let bars = arms
                .iter()
                .map(|arm| (canvas::arm_colour(arm), minutes(arm, band).unwrap_or_default()));
            (term(brief.lang, band).replace('-', "–"), bars.collect())
        })
        .collect();
    let sheet = Sheet {
        title: w::C_AGE.of(brief.lang).to_owned(),
        subtitle: w::C_AGE_SUB.of(brief.lang).to_owned(),
        legend: arms
            .iter()
            .map(|arm| Key::filled(arm.title.clone(), canvas::arm_colour(arm)))
            .collect(),
        height: 270,
    };
    let axes = (w::AX_AGE.of(brief.lang), w::AX_MIN_VISIT.of(brief.lang));
    sheet.draw(|area| draw_groups(area, &groups, axes))
}

/// A label and its bars.
type Group = (String, Vec<(Colour, f64)>);

fn draw_groups(area: &Area, groups: &[Group], (x_axis, y_axis): (&str, &str)) -> Step {
    let end = canvas::headroom(groups.iter().flat_map(|g| g.1.iter().map(|bar| bar.1)), 1.1);
    let label = |x: &f64| {
        let index = libm::floor(*x) as usize;
        let centred = (x - libm::floor(*x) - 0.5).abs() < 1e-9;
        groups.get(index).filter(|_| centred).map_or(String::new(), |group| group.0.clone())
    };
    let marks = (0..groups.len()).map(|i| i as f64 + 0.5).collect();
    area.draw_text(y_axis, &canvas::label(), (0, 0))?;
    let mut chart = ChartBuilder::on(area)
        .margin_top(20)
        .margin_right(4)
        .x_label_area_size(44)
        .y_label_area_size(34)
        .build_cartesian_2d(Slots { count: groups.len(), marks }, 0.0..end)?;
    quiet_axes!(chart)
        .disable_x_mesh()
        .x_label_formatter(&label)
        .y_labels(6)
        .y_label_formatter(&|y| tick(*y))
        .x_desc(x_axis)
        .draw()?;
    for (i, (_, bars)) in groups.iter().enumerate() {
        let wide = 0.8 / bars.len() as f64;
        for (k, (colour, y)) in bars.iter().enumerate() {
            let from = i as f64 + 0.1 + wide * k as f64;
            let bar = [(from + wide * 0.04, 0.0), (from + wide * 0.96, *y)];
            chart.plotting_area().draw(&Rectangle::new(bar, colour.filled()))?;
            let style = canvas::style(10.5, canvas::SOFT, HPos::Center, VPos::Bottom);
            let place = EmptyElement::at((from + wide / 2.0, *y));
            chart.plotting_area().draw(&(place + Text::new(decimal(*y, 1), (0, -1), style)))?;
        }
    }
    Ok(())
}

/// Share of a panel's visits that its outermost bars may gather.
const TAIL_SHARE: f64 = 0.004;
/// Most edges that are labelled.
const EDGES_MAX: usize = 15;

/// A bin: edges and the share of visits in each panel. Open ends have no edge.
#[derive(Clone, Debug, PartialEq)]
struct Bin {
    from: Option<f64>,
    to: Option<f64>,
    shares: Vec<f64>,
}

/// Two histograms on one axis: visits on a credit line, all others.
pub(super) fn saved_minutes(brief: &Brief) -> Drawn {
    let rows = brief.source.histogram.as_deref().unwrap_or_default();
    let lang = brief.lang;
    let picks: [(Word, Pick); 2] =
        [(w::H_USERS, |row| row.visits_credit), (w::H_OTHERS, |row| row.visits_others)];
    let total = |pick: Pick| rows.iter().filter_map(pick).sum::<f64>();
    let panels: Vec<(Word, Pick)> = picks.into_iter().filter(|(_, p)| total(*p) > 0.0).collect();
    if panels.is_empty() {
        return Ok(None);
    }
    let share = |row: &HistogramRow, pick: Pick| pick(row).unwrap_or(0.0) / total(pick);
    let bins = rows.iter().map(|row| Bin {
        from: row.minutes_from,
        to: row.minutes_to,
        shares: panels.iter().map(|(_, pick)| share(row, *pick)).collect(),
    });
    let bins = with_tails_gathered(bins.collect());
    let sheet = Sheet {
        title: w::C_HIST.of(lang).to_owned(),
        subtitle: w::C_HIST_SUB.fill(lang, &[("baseline", &brief.baseline)]),
        legend: Vec::new(),
        height: 182 * panels.len() as u32 + 22,
    };
    let axis = w::AX_SAVED.of(lang);
    sheet.draw(|area| {
        let mut rest = area.clone();
        for (i, (title, _)) in panels.iter().enumerate() {
            let last = i + 1 == panels.len();
            let (place, below) = rest.split_vertically(if last { 204 } else { 182 });
            draw_histogram(&place, (title.of(lang), &bins, i), last.then_some(axis))?;
            rest = below;
        }
        Ok(())
    })
}

/// Reads one panel's count from a row.
type Pick = fn(&HistogramRow) -> Option<f64>;

/// Adds thin outer bins to their inner neighbours until some panel has something to show there.
fn with_tails_gathered(mut bins: Vec<Bin>) -> Vec<Bin> {
    let gather = |from: &Bin, into: &mut Bin| {
        into.shares.iter_mut().zip(&from.shares).for_each(|(sum, share)| *sum += share);
    };
    let thin = |bin: &Bin| bin.shares.iter().all(|share| *share < TAIL_SHARE);
    while let [.., inner, outer] = bins.as_mut_slice()
        && thin(outer)
    {
        gather(outer, inner);
        bins.pop();
    }
    while let [outer, inner, ..] = bins.as_mut_slice()
        && thin(outer)
    {
        gather(outer, inner);
        bins.remove(0);
    }
    bins
}

fn draw_histogram(
    area: &Area,
    (title, bins, panel): (&str, &[Bin], usize),
    axis: Option<&str>,
) -> Step {
    let style = canvas::style(LABEL_PX, canvas::INK, HPos::Left, VPos::Top);
    area.draw_text(title, &style, (0, 7))?;
    let label = |x: &f64| edge(bins, *x as usize).map_or(String::new(), tick);
    let mut chart = ChartBuilder::on(area)
        .margin_top(30)
        .margin_right(14)
        .x_label_area_size(if axis.is_some() { 44 } else { 24 })
        .y_label_area_size(40)
        .build_cartesian_2d(
            Slots { count: bins.len(), marks: marked_edges(bins) },
            0.0..canvas::headroom(bins.iter().map(|bin| bin.shares[panel]), 1.08),
        )?;
    quiet_axes!(chart)
        .disable_x_mesh()
        .x_label_formatter(&label)
        .y_labels(4)
        .y_label_formatter(&|y| format!("{}%", tick(y * 100.0)))
        .x_desc(axis.unwrap_or_default())
        .draw()?;
    for (i, bin) in bins.iter().enumerate() {
        let bar = [(i as f64 + 0.04, 0.0), (i as f64 + 0.96, bin.shares[panel])];
        chart.plotting_area().draw(&Rectangle::new(bar, side_colour(bin).filled()))?;
    }
    Ok(())
}

/// The edge between two bins; open ends have none.
fn edge(bins: &[Bin], index: usize) -> Option<f64> {
    bins.get(index).map_or_else(|| bins.last()?.to, |bin| bin.from)
}

/// Edges to label: the finest round step whose labels fit, or all of a few uneven ones.
fn marked_edges(bins: &[Bin]) -> Vec<f64> {
    let edges = || (0..=bins.len()).filter_map(|i| Some((i, edge(bins, i)?)));
    let every = |step: f64| -> Vec<f64> {
        let round = |value: f64| libm::fmod(value, step).abs() < 1e-9;
        edges().filter(|(_, value)| round(*value)).map(|(i, _)| i as f64).collect()
    };
    if edges().count() <= EDGES_MAX {
        return edges().map(|(i, _)| i as f64).collect();
    }
    let steps = [1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0];
    let fitting = steps.into_iter().map(every).find(|marks| marks.len() <= EDGES_MAX);
    fitting.unwrap_or_default()
}

/// Grey is the bin that begins at zero or spans it: its visits may not have changed at all.
fn side_colour(bin: &Bin) -> Colour {
    let longer = bin.to.is_some_and(|to| to <= 0.0);
    let shorter = bin.from.is_some_and(|from| from > 0.0);
    match (longer, shorter) {
        (true, _) => canvas::VERMILLION,
        (_, true) => canvas::BLUE,
        _ => canvas::GREY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bins(edges: &[f64], shares: &[f64]) -> Vec<Bin> {
        let pairs = edges.windows(2).zip(shares);
        pairs.map(|(e, s)| Bin { from: Some(e[0]), to: Some(e[1]), shares: vec![*s] }).collect()
    }

    #[test]
    fn thin_tails_go_into_the_outermost_bars_and_nothing_is_lost() {
        let edges = [-4.0, -2.0, 0.0, 2.0, 4.0, 6.0];
        let gathered = with_tails_gathered(bins(&edges, &[0.001, 0.1, 0.896, 0.002, 0.001]));
        let ends = (gathered[0].from, gathered.last().unwrap().to);
        assert_eq!(ends, (Some(-2.0), Some(2.0)));
        let total: f64 = gathered.iter().map(|bin| bin.shares[0]).sum();
        assert!((total - 1.0).abs() < 1e-12, "{total}");
        assert_eq!(with_tails_gathered(bins(&[0.0, 2.0], &[0.0])).len(), 1);
    }

    #[test]
    fn labelled_edges_are_round_and_hold_zero() {
        let edges: Vec<f64> = (0..=91).map(|i| -60.0 + 2.0 * f64::from(i)).collect();
        let many = bins(&edges, &[0.1; 91]);
        let values: Vec<f64> =
            marked_edges(&many).into_iter().filter_map(|i| edge(&many, i as usize)).collect();
        assert!(values.len() <= EDGES_MAX && values.contains(&0.0), "{values:?}");
        assert!(values.iter().all(|value| (value / 20.0).fract().abs() < 1e-9), "{values:?}");
        assert_eq!(marked_edges(&bins(&[-60.0, -1.0, 0.0, 7.0], &[0.1; 3])).len(), 4);
    }
}
