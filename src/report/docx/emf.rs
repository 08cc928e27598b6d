//! A chart's SVG as an enhanced metafile, for programs that do not show SVG: lines and areas stay lines and
//! areas, text stays text. Knows the five elements that the charts are made of; any other is an error.

use super::Picture;

/// Steps of a pixel, so that text sizes need no rounding to speak of.
const STEP: f64 = 8.0;
const FONT: &str = "Microsoft YaHei";

/// The metafile's bytes.
pub(super) fn of_svg(picture: &Picture) -> Result<Vec<u8>, String> {
    let mut file = Metafile::new(picture.width, picture.height);
    let mut rest =
        picture.svg.split_once("</title>").map_or(picture.svg.as_str(), |(_, rest)| rest);
    while let Some((_, after)) = rest.split_once('<') {
        let (tag, tail) = after.split_once('>').ok_or("a tag of a chart is not closed")?;
        rest = tail;
        let (name, _) = tag.split_once([' ', '/']).unwrap_or((tag, ""));
        match name {
            "text" => {
                let (text, tail) =
                    rest.split_once("</text>").ok_or("a text of a chart is not closed")?;
                rest = tail;
                file.text(tag, text.trim());
            }
            "rect" => file.rect(tag),
            "line" => {
                let ends = ["x1", "y1", "x2", "y2"].map(|name| number(tag, name));
                file.path(tag, &[(ends[0], ends[1]), (ends[2], ends[3])], false);
            }
            "polyline" => file.path(tag, &points(tag), false),
            "polygon" => file.path(tag, &points(tag), true),
            "" | "desc" => {}
            other => {
                return Err(format!("a chart holds `{other}`, which no metafile is made of here"));
            }
        }
    }
    Ok(file.finish())
}

/// An attribute of the first tag of a text.
pub(super) fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(rest.split_once('"')?.0)
}

fn number(tag: &str, name: &str) -> f64 {
    attribute(tag, name).and_then(|text| text.parse().ok()).unwrap_or(0.0)
}

fn points(tag: &str) -> Vec<(f64, f64)> {
    let pairs = attribute(tag, "points").unwrap_or_default().split_whitespace();
    pairs
        .filter_map(|pair| {
            let (x, y) = pair.split_once(',')?;
            Some((x.parse().ok()?, y.parse().ok()?))
        })
        .collect()
}

/// A colour as the format has it: red in the lowest byte.
fn colour(tag: &str, name: &str) -> Option<u32> {
    let hex = attribute(tag, name)?.strip_prefix('#')?;
    let rgb = u32::from_str_radix(hex, 16).ok()?;
    Some(rgb >> 16 & 0xff | rgb & 0xff00 | (rgb & 0xff) << 16)
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

/// The records of a metafile.
struct Metafile {
    size: [u32; 2],
    bytes: Vec<u8>,
    records: u32,
}

impl Metafile {
    fn new(width: u32, height: u32) -> Metafile {
        let mut file = Metafile { size: [width, height], bytes: Vec::new(), records: 1 };
        let steps = [width, height].map(|px| px * STEP as u32);
        file.record(17, &[8]);
        file.record(9, &steps);
        file.record(11, &[width, height]);
        file.record(18, &[1]);
        file
    }

    /// A record of whole words.
    fn record(&mut self, kind: u32, words: &[u32]) {
        self.records += 1;
        let size = 8 + 4 * words.len() as u32;
        for word in [kind, size].iter().chain(words) {
            self.bytes.extend(word.to_le_bytes());
        }
    }

    /// A pen and a brush for what is drawn next; `None` draws nothing.
    fn tools(&mut self, stroke: Option<(u32, f64)>, fill: Option<u32>) {
        const NO_PEN: u32 = 0x8000_0008;
        const NO_BRUSH: u32 = 0x8000_0005;
        if let Some((colour, width)) = stroke {
            self.record(38, &[1, 0, (width * STEP) as u32, 0, colour]);
        }
        if let Some(colour) = fill {
            self.record(39, &[2, 0, colour, 0]);
        }
        self.record(37, &[if stroke.is_some() { 1 } else { NO_PEN }]);
        self.record(37, &[if fill.is_some() { 2 } else { NO_BRUSH }]);
    }

    /// Gives the tools back.
    fn drop_tools(&mut self, stroke: bool, fill: bool) {
        self.record(37, &[0x8000_0007]);
        self.record(37, &[0x8000_0000]);
        for (made, at) in [(stroke, 1), (fill, 2)] {
            if made {
                self.record(40, &[at]);
            }
        }
    }

    fn rect(&mut self, tag: &str) {
        let [x, y, width, height] = ["x", "y", "width", "height"].map(|name| number(tag, name));
        let corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)];
        self.path(tag, &corners, true);
    }

    fn path(&mut self, tag: &str, points: &[(f64, f64)], closed: bool) {
        let stroke =
            colour(tag, "stroke").map(|colour| (colour, number(tag, "stroke-width").max(1.0)));
        let fill = colour(tag, "fill").filter(|_| closed);
        if points.len() < 2 {
            return;
        }
        self.tools(stroke, fill);
        let bounds = [0, 0, self.size[0] * STEP as u32, self.size[1] * STEP as u32];
        let mut words = bounds.to_vec();
        words.push(points.len() as u32);
        for (x, y) in points {
            words.extend([x, y].map(|at| place(*at) as u32));
        }
        self.record(if closed { 3 } else { 4 }, &words);
        self.drop_tools(stroke.is_some(), fill.is_some());
    }

    fn text(&mut self, tag: &str, text: &str) {
        let size = number(tag, "font-size");
        let down = match attribute(tag, "dy") {
            Some("0.76em") => 0.76 * size,
            Some("0.5ex") => 0.26 * size,
            Some("-0.5ex") => -0.26 * size,
            _ => 0.0,
        };
        let bold = attribute(tag, "font-weight") == Some("bold");
        self.font(size, bold);
        let align = match attribute(tag, "text-anchor") {
            Some("middle") => 6,
            Some("end") => 2,
            _ => 0,
        };
        self.record(22, &[0x18 | align]);
        self.record(24, &[colour(tag, "fill").unwrap_or(0)]);
        let units: Vec<u16> = unescaped(text).encode_utf16().collect();
        let at = [number(tag, "x"), number(tag, "y") + down].map(|at| place(at) as u32);
        let one = 1.0_f32.to_bits();
        let mut words =
            vec![0, 0, u32::MAX, u32::MAX, 1, one, one, at[0], at[1], units.len() as u32, 76, 0];
        words.extend([0, 0, u32::MAX, u32::MAX, 0]);
        for pair in units.chunks(2) {
            words.push(u32::from(pair[0]) | pair.get(1).map_or(0, |&unit| u32::from(unit) << 16));
        }
        self.record(84, &words);
        self.record(37, &[0x8000_000d]);
        self.record(40, &[3]);
    }

    fn font(&mut self, size: f64, bold: bool) {
        let height = -(size * STEP) as i32 as u32;
        let weight = if bold { 700 } else { 400 };
        // Height, width, slants, weight, then flags, charset 1 (default) and quality.
        let mut words = vec![3, height, 0, 0, 0, weight, 0x0100_0000, 0];
        let mut name = [0_u16; 32];
        for (slot, unit) in name.iter_mut().zip(FONT.encode_utf16()) {
            *slot = unit;
        }
        words.extend(name.chunks(2).map(|pair| u32::from(pair[0]) | u32::from(pair[1]) << 16));
        // The rest of the long form of a font: full name, style and panose, all unknown.
        words.extend(std::iter::repeat_n(0, 57));
        self.record(82, &words);
        self.record(37, &[3]);
    }

    fn finish(mut self) -> Vec<u8> {
        self.record(14, &[0, 0, 20]);
        let [width, height] = self.size;
        let frame = |px: u32| (f64::from(px) * 2540.0 / 96.0) as u32;
        let bytes = 88 + self.bytes.len() as u32;
        let head = [
            1,
            88,
            0,
            0,
            width,
            height,
            0,
            0,
            frame(width),
            frame(height),
            0x464d_4520,
            0x1_0000,
            bytes,
            self.records,
            4,
            0,
            0,
            0,
            1920,
            1080,
            508,
            286,
        ];
        let mut out = Vec::with_capacity(bytes as usize);
        for word in head {
            let word: u32 = word;
            out.extend(word.to_le_bytes());
        }
        out.extend(self.bytes);
        out
    }
}

fn place(px: f64) -> i32 {
    libm::round(px * STEP) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metafile_counts_its_own_bytes_and_records() {
        let svg = "<svg width=\"40\" height=\"20\">\n<title>t</title>\n<rect x=\"1\" y=\"2\" width=\"3\" height=\"4\" \
                   fill=\"#D55E00\" stroke=\"none\"/><polyline fill=\"none\" stroke=\"#9AA5B1\" stroke-width=\"1\" \
                   points=\"6,7 8,9 \"/><text x=\"0\" y=\"4\" dy=\"0.76em\" text-anchor=\"middle\" font-size=\"17\" \
                   fill=\"#1F2933\">\n等 &amp; A\n</text></svg>";
        let bytes = of_svg(&Picture { svg: svg.to_owned(), width: 40, height: 20 }).unwrap();
        let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
        assert_eq!((word(0), word(4), word(40)), (1, 88, 0x464d_4520));
        assert_eq!(word(48) as usize, bytes.len());
        let (mut at, mut count, mut kinds) = (0, 0, Vec::new());
        while at < bytes.len() {
            kinds.push(word(at));
            at += word(at + 4) as usize;
            count += 1;
        }
        assert_eq!((at, count), (bytes.len(), word(52)));
        assert_eq!(kinds.iter().filter(|kind| [3, 4, 84].contains(kind)).count(), 3);
        assert_eq!(kinds.last(), Some(&14));
        let strange = svg.replace("rect", "ellipse");
        assert!(
            of_svg(&Picture { svg: strange, width: 1, height: 1 }).unwrap_err().contains("ellipse")
        );
    }
}
