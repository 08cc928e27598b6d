//! The blocks of a page as the XML of Word documents. Must never leave a block out.

use super::super::page::{Block, Html, Page, RowKind, Section, Table};
use super::{HEAD, Picture};

/// English metric units of a pixel.
const EMU: u32 = 9_525;
/// Width of the text, pixels of 1/96 inch on A4 with margins of 20 mm.
const TEXT_PX: u32 = 640;

/// The document and its pictures, in order.
pub(super) fn write(page: &Page) -> (String, Vec<Picture>) {
    let mut body = Body { xml: String::new(), pictures: Vec::new() };
    body.xml += HEAD;
    body.xml += "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
                 xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
                 xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\" \
                 xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
                 xmlns:pic=\"http://schemas.openxmlformats.org/drawingml/2006/picture\" \
                 xmlns:asvg=\"http://schemas.microsoft.com/office/drawing/2016/SVG/main\"><w:body>";
    body.paragraph("Note", &page.kicker);
    body.paragraph("Title", &page.title);
    if let Some(warning) = &page.warning {
        body.paragraph("Heading2", warning);
    }
    if !page.asked.is_empty() {
        body.paragraph("", &page.asked);
    }
    body.paragraph("Answer", &page.answer);
    for more in &page.more {
        body.paragraph("", more);
    }
    body.blocks(&page.headline);
    body.paragraph("Note", &page.setting);
    for Section { title, blocks, .. } in &page.sections {
        body.paragraph("Heading1", title);
        body.blocks(blocks);
    }
    body.xml += "<w:sectPr><w:footerReference w:type=\"default\" r:id=\"foot\"/><w:pgSz w:w=\"11906\" \
                 w:h=\"16838\"/><w:pgMar w:top=\"1134\" w:right=\"1134\" w:bottom=\"1134\" w:left=\"1134\" \
                 w:header=\"567\" w:footer=\"567\" w:gutter=\"0\"/></w:sectPr></w:body></w:document>\n";
    (body.xml, body.pictures)
}

struct Body {
    xml: String,
    pictures: Vec<Picture>,
}

impl Body {
    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            self.block(block);
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Para(html) => self.paragraph("", html),
            Block::Note(html) | Block::Command(html) => self.paragraph("Note", html),
            Block::List(items) => {
                for item in items {
                    let item = Html::trusted(format!("• {}", item.as_str()));
                    self.paragraph("", &item);
                }
            }
            Block::Table(table) => self.table(table),
            Block::Pair(one, other) => {
                self.table(one);
                self.table(other);
            }
            Block::Figure { picture, caption } => self.figure(picture, caption),
            Block::Sheet(title) => self.paragraph("Heading2", title),
            Block::Quote { text, .. } => self.paragraph("Quote", text),
            Block::Folded { title, paper: false, .. } => self.paragraph("Note", title),
            Block::Folded { title, table, .. } => {
                self.paragraph("Caption", title);
                self.table(table);
            }
        }
    }

    fn paragraph(&mut self, style: &str, html: &Html) {
        self.xml += "<w:p>";
        if !style.is_empty() {
            self.xml += &format!("<w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>");
        }
        self.runs(html, "");
        self.xml += "</w:p>";
    }

    /// Text in runs; `more` are properties of all of them.
    fn runs(&mut self, html: &Html, more: &str) {
        for Run { text, bold, code, small, line } in runs(html.as_str()) {
            let mut look = String::new();
            if code {
                look += "<w:rFonts w:ascii=\"Consolas\" w:hAnsi=\"Consolas\" w:cs=\"Consolas\"/>";
            }
            if bold {
                look += "<w:b/>";
            }
            look += more;
            if small {
                look += "<w:color w:val=\"5A6672\"/><w:sz w:val=\"15\"/><w:szCs w:val=\"15\"/>";
            }
            let line = if line { "<w:br/>" } else { "" };
            self.xml += &format!(
                "<w:r><w:rPr>{look}</w:rPr>{line}<w:t xml:space=\"preserve\">{text}</w:t></w:r>"
            );
        }
    }

    fn table(&mut self, table: &Table) {
        let columns =
            table.rows.iter().map(|row| row.1.len()).max().unwrap_or(0).max(table.head.len());
        if columns == 0 {
            return;
        }
        if !table.caption.as_str().is_empty() {
            self.paragraph("Caption", &table.caption);
        }
        self.xml += "<w:tbl><w:tblPr><w:tblW w:w=\"5000\" w:type=\"pct\"/><w:tblBorders><w:top \
                     w:val=\"single\" w:sz=\"8\" w:color=\"1F2933\"/><w:bottom w:val=\"single\" w:sz=\"4\" \
                     w:color=\"D9DFE5\"/><w:insideH w:val=\"single\" w:sz=\"4\" w:color=\"D9DFE5\"/>\
                     </w:tblBorders><w:tblLayout w:type=\"fixed\"/><w:tblCellMar><w:left w:w=\"40\" \
                     w:type=\"dxa\"/><w:right w:w=\"40\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr><w:tblGrid>";
        let widths = widths(table, columns);
        for width in &widths {
            self.xml += &format!("<w:gridCol w:w=\"{width}\"/>");
        }
        self.xml += "</w:tblGrid>";
        if !table.head.is_empty() {
            self.xml += "<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>";
            for (at, cell) in table.head.iter().enumerate() {
                self.cell(
                    cell,
                    widths[at],
                    1,
                    (table.numeric && at > 0, "<w:color w:val=\"5A6672\"/>"),
                );
            }
            self.xml += "</w:tr>";
        }
        for (kind, cells) in &table.rows {
            self.xml += "<w:tr><w:trPr><w:cantSplit/></w:trPr>";
            let look = match kind {
                RowKind::Heading | RowKind::Strong => "<w:b/>",
                RowKind::Plain | RowKind::Part => "",
            };
            for (at, cell) in cells.iter().enumerate() {
                let last = at + 1 == cells.len();
                let span = if last { columns - at } else { 1 };
                let width = widths[at..at + span].iter().sum();
                self.cell(cell, width, span, (table.numeric && at > 0, look));
            }
            self.xml += "</w:tr>";
        }
        self.xml += "</w:tbl><w:p><w:pPr><w:spacing w:before=\"0\" w:after=\"60\"/></w:pPr></w:p>";
    }

    fn cell(&mut self, html: &Html, width: u32, span: usize, (right, look): (bool, &str)) {
        let side = if right { "<w:jc w:val=\"right\"/>" } else { "" };
        let span = if span > 1 { format!("<w:gridSpan w:val=\"{span}\"/>") } else { String::new() };
        self.xml += &format!(
            "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/>{span}</w:tcPr><w:p><w:pPr><w:pStyle \
             w:val=\"Cell\"/>{side}</w:pPr>"
        );
        self.runs(html, look);
        self.xml += "</w:p></w:tc>";
    }

    fn figure(&mut self, picture: &Html, caption: &Html) {
        let svg = picture.as_str();
        let size = |name: &str| super::emf::attribute(svg, name).and_then(|text| text.parse().ok());
        let (width, height): (u32, u32) =
            (size("width").unwrap_or(520), size("height").unwrap_or(300));
        let at = self.pictures.len();
        let shown = width.min(TEXT_PX);
        let (x, y) = (shown * EMU, height * shown / width * EMU);
        let title = between(svg, "<title>", "</title>").unwrap_or_default().replace('"', "&quot;");
        self.xml += &format!(
            "<w:p><w:pPr><w:keepNext/></w:pPr><w:r><w:drawing><wp:inline><wp:extent cx=\"{x}\" cy=\"{y}\"/>\
             <wp:docPr id=\"{}\" name=\"picture {at}\" descr=\"{title}\"/><a:graphic><a:graphicData \
             uri=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"><pic:pic><pic:nvPicPr>\
             <pic:cNvPr id=\"{}\" name=\"picture{at}.svg\" descr=\"{title}\"/><pic:cNvPicPr/></pic:nvPicPr>\
             <pic:blipFill><a:blip r:embed=\"emf{at}\"><a:extLst><a:ext \
             uri=\"{{96DAC541-7B7A-43D3-8B79-37D633B846F1}}\"><asvg:svgBlip r:embed=\"svg{at}\"/></a:ext>\
             </a:extLst></a:blip><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off \
             x=\"0\" y=\"0\"/><a:ext cx=\"{x}\" cy=\"{y}\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/>\
             </a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>",
            at + 1,
            at + 1
        );
        self.pictures.push(Picture { svg: svg.to_owned(), width, height });
        self.paragraph("Note", caption);
    }
}

/// Widths of the columns, twentieths of a point: the first is wider, more so beside numbers.
fn widths(table: &Table, columns: usize) -> Vec<u32> {
    const TEXT: usize = 9_638;
    let parts = if columns == 1 {
        vec![1]
    } else if table.numeric {
        std::iter::once(5)
            .chain(std::iter::repeat_n(if columns > 4 { 2 } else { 3 }, columns - 1))
            .collect()
    } else {
        match columns {
            2 => vec![1, 2],
            // Key, value, source, place.
            4 => vec![5, 3, 6, 3],
            _ => std::iter::repeat_n(1, columns).collect(),
        }
    };
    let sum: usize = parts.iter().sum();
    parts.into_iter().map(|part| (TEXT * part / sum) as u32).collect()
}

fn between<'t>(text: &'t str, open: &str, close: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(open)?;
    Some(rest.split_once(close)?.0)
}

/// A piece of text with its look; still escaped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a mark of its own, in any mixture")]
struct Run {
    text: String,
    bold: bool,
    code: bool,
    small: bool,
    /// Whether it begins a new line.
    line: bool,
}

/// The page's few inline marks as runs; other marks are dropped, their text stays.
fn runs(html: &str) -> Vec<Run> {
    let mut now = Run::default();
    let mut done = Vec::new();
    let mut rest = html;
    while !rest.is_empty() {
        let (text, tag) = match rest.split_once('<') {
            Some((text, after)) => {
                let (tag, tail) = after.split_once('>').unwrap_or((after, ""));
                rest = tail;
                (text, tag)
            }
            None => (std::mem::take(&mut rest), ""),
        };
        if !text.is_empty() {
            done.push(Run { text: text.to_owned(), ..now.clone() });
            now.line = false;
        }
        match tag.split([' ', '/']).find(|part| !part.is_empty()).unwrap_or_default() {
            "b" => now.bold = !tag.starts_with('/'),
            "code" => now.code = !tag.starts_with('/'),
            "small" => {
                now.small = !tag.starts_with('/');
                now.line = now.small;
            }
            "br" => now.line = true,
            _ => {}
        }
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_marks_become_looks_and_text_stays() {
        let html = Html::text("a<b").with_aside("2 to 3");
        let marked = format!(
            "<b>1</b> {} <code>k</code><br>z <span class=\"data\">厦门</span>",
            html.as_str()
        );
        let told: Vec<(String, bool, bool, bool, bool)> = runs(&marked)
            .into_iter()
            .map(|run| (run.text, run.bold, run.code, run.small, run.line))
            .collect();
        let plain = |text: &str| (text.to_owned(), false, false, false, false);
        assert_eq!(told[0], ("1".to_owned(), true, false, false, false));
        assert_eq!(told[1], plain(" a&lt;b "));
        assert_eq!(told[2], ("2 to 3".to_owned(), false, false, true, true));
        assert_eq!(told[4], ("k".to_owned(), false, true, false, false));
        assert_eq!(told[5], ("z ".to_owned(), false, false, false, true));
        assert_eq!(told[6], plain("厦门"));
    }
}
