//! Words of what was asked and the three answers, and of peak and headroom. Must never say more than the
//! figures.

use super::{Text, t};

pub(in super::super) const ASKED: Text = t(
    "Asked: the same {people} people live the same {days} days under {baseline} and under this scheme, with the \
     same illnesses and the same luck. How many minutes does the scheme save, at whose cost, and how much load does \
     it put on the settlement systems?",
    "问题：同样的{people}人、同样的病情和随机因素，{days}天里一遍按{baseline}，一遍按本方案。方案节省多少分钟，\
     代价由谁承担，结算系统要承受多大负荷？",
);
pub(in super::super) const A_TIME: Text = t("Minutes.", "时间。");
pub(in super::super) const A_COST: Text = t("Money.", "资金。");
pub(in super::super) const A_LOAD: Text = t("Load.", "负荷。");
pub(in super::super) const A_SAVED: Text = t(
    "An average visit saves {value} minutes ({ends}).",
    "平均每次就诊节省 {value} 分钟（{ends}）。",
);
pub(in super::super) const A_LOSS: Text = t("For the loss, {ends}.", "损失的{ends}。");
pub(in super::super) const A_HOUR: Text = t(
    "An hour saved costs society {value} ({ends}) against {baseline}; a patient's hour is valued at {worth}.",
    "与{baseline}相比，每节省一小时全社会成本 {value}（{ends}）；患者每小时时间价值取 {worth}。",
);
pub(in super::super) const A_PEAK: Text = t(
    "In its busiest minute the simulated city asks {value} settlement requests a second ({ends}).",
    "最繁忙的一分钟内，所模拟的城市每秒发出 {value} 个结算请求（{ends}）。",
);
pub(in super::super) const ENDS_BOTH: Text = t(
    "95% intervals: noise {noise}, uncertain inputs {spread}",
    "95% 区间：模拟噪声 {noise}，输入不确定性 {spread}",
);
pub(in super::super) const ENDS_NOISE: Text = t(
    "95% interval: noise {noise}; uncertain inputs were not varied",
    "95% 区间：模拟噪声 {noise}；未改变不确定的输入",
);
pub(in super::super) const ENDS_OTHER: Text = t(
    "95% interval: noise {noise}; uncertain inputs not followed for this figure",
    "95% 区间：模拟噪声 {noise}；未就该数字计算输入不确定性",
);
pub(in super::super) const ENDS_NONE: Text =
    t("one replication, so no interval", "仅一次重复，没有区间");

pub(in super::super) const HEAD_ROW: Text = t(
    "In its capacity test the store “{store}” took {at_least}{rate} requests a second{objective}: {times} times this peak, \
     so {cities} such cities would fit.",
    "存储“{store}”在容量测试中每秒承受{at_least} {rate} 个请求{objective}：为此峰值的 {times} 倍，可容纳 {cities} 个这样的城市。",
);
pub(in super::super) const HEAD_SHORT: Text = t(
    "In its capacity test the store “{store}” took {at_least}{rate} requests a second{objective}: only {times} of this peak, so \
     this city does not fit.",
    "存储“{store}”在容量测试中每秒承受{at_least} {rate} 个请求{objective}：仅为此峰值的 {times} 倍，容纳不下这座城市。",
);
pub(in super::super) const AT_LEAST: Text = t("at least ", "至少");
pub(in super::super) const WITHIN: Text = t(" within “{objective}”", "（目标“{objective}”）");
pub(in super::super) const HEAD_NONE: Text = t(
    "How much of that a machine can take was not given to this report.",
    "本报告未附机器的容量测试结果。",
);
pub(in super::super) const HEAD_HOW: Text = t(
    "What a machine can take, and so the headroom, is measured by a capacity test on that machine. The first \
     command makes its report, the second this page with the headroom:",
    "机器能承受多少、余量多大，须在该机器上做容量测试。第一条命令生成测试结果，第二条生成带余量的本报告：",
);
pub(in super::super) const HEAD_CAPTION: Text =
    t("Peak of the scheme beside measured capacity", "本方案峰值与实测容量");
pub(in super::super) const HEAD_STORE: Text = t("Store under test", "受测存储");
pub(in super::super) const HEAD_TESTED: Text = t("Tested on", "测试所用");
pub(in super::super) const HEAD_CAPACITY: Text = t("Capacity, requests/s", "容量（请求/秒）");
pub(in super::super) const HEAD_PEAK: Text = t("Peak here, requests/s", "本次峰值（请求/秒）");
pub(in super::super) const HEAD_TIMES: Text = t("Headroom, times the peak", "余量（峰值的倍数）");
pub(in super::super) const HEAD_CITIES: Text = t("Such cities that fit", "可容纳的城市数");
pub(in super::super) const HEAD_VERDICT: Text = t("The test says of itself", "测试自评");
pub(in super::super) const HEAD_PART: Text = t(
    "Only {part} of the city's people were simulated; the whole city would ask about {whole} requests a second, \
     and the headroom would be smaller in the same measure.",
    "本次只模拟了全市人口的 {part}；全市约为每秒 {whole} 个请求，余量相应缩小。",
);
pub(in super::super) const HEAD_LINE: Text =
    t("{store} takes {rate} a minute", "{store}可承受每分钟 {rate}");
pub(in super::super) const HEAD_BEYOND: Text = t(
    "{store}: {rate} a minute, {times} × the peak, off the picture",
    "{store}：每分钟 {rate}，峰值的 {times} 倍，在图外",
);

/// Words of a capacity test's verdict.
pub(in super::super) fn verdict(word: &str) -> Text {
    match word {
        "ok" => t("sound", "有效"),
        "slo_missed" => t("objective missed", "未达目标"),
        "generator_bound" => {
            t("the generator was the limit: at least this", "受发生器限制：至少如此")
        }
        "disturbed" => t("the machine was disturbed: indicative only", "机器受干扰：仅供参考"),
        "unsound" => t("unsound: do not use", "无效：请勿使用"),
        _ => t("not said", "未说明"),
    }
}

/// Every text above, for checks of the whole table.
#[cfg(test)]
pub(super) const ALL: &[Text] = &[
    ASKED,
    A_TIME,
    A_COST,
    A_LOAD,
    A_SAVED,
    A_LOSS,
    A_HOUR,
    A_PEAK,
    ENDS_BOTH,
    ENDS_NOISE,
    ENDS_OTHER,
    ENDS_NONE,
    HEAD_ROW,
    HEAD_SHORT,
    AT_LEAST,
    WITHIN,
    HEAD_NONE,
    HEAD_HOW,
    HEAD_CAPTION,
    HEAD_STORE,
    HEAD_TESTED,
    HEAD_CAPACITY,
    HEAD_PEAK,
    HEAD_TIMES,
    HEAD_CITIES,
    HEAD_VERDICT,
    HEAD_PART,
    HEAD_LINE,
    HEAD_BEYOND,
];
