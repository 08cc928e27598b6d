//! A page as a Word document: the same words, tables and pictures in the few parts that the format needs.
//! Must never hold a word of its own, and the same page gives the same bytes.

mod body;
mod emf;

use std::io::{Cursor, Write};

use super::page::Page;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// One picture: the SVG that newer programs show, and the metafile for the others. Both keep their text as
/// text, so that the reader's own fonts show Chinese.
struct Picture {
    svg: String,
    width: u32,
    height: u32,
}

/// The document's bytes; `footer` stands at the foot of every page.
pub(super) fn document(page: &Page, footer: &str) -> Result<Vec<u8>, String> {
    let (xml, pictures) = body::write(page);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut put = |name: &str, bytes: &[u8]| {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        zip.start_file(name, options).map_err(|error| error.to_string())?;
        zip.write_all(bytes).map_err(|error| error.to_string())
    };
    put("[Content_Types].xml", CONTENT_TYPES.as_bytes())?;
    put("_rels/.rels", RELATIONS.as_bytes())?;
    put("docProps/core.xml", core(page).as_bytes())?;
    put("word/document.xml", xml.as_bytes())?;
    put("word/styles.xml", styles(page.lang).as_bytes())?;
    put("word/footer1.xml", foot(footer).as_bytes())?;
    put("word/_rels/document.xml.rels", relations(pictures.len()).as_bytes())?;
    for (at, picture) in pictures.iter().enumerate() {
        put(&format!("word/media/picture{at}.svg"), picture.svg.as_bytes())?;
        put(&format!("word/media/picture{at}.emf"), &emf::of_svg(picture)?)?;
    }
    let done = zip.finish().map_err(|error| error.to_string())?;
    Ok(done.into_inner())
}

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

const CONTENT_TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="svg" ContentType="image/svg+xml"/><Default Extension="emf" ContentType="image/x-emf"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/><Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>
"#;

const RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>
"#;

fn relations(pictures: usize) -> String {
    const KIND: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let mut out = format!(
        "{HEAD}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
         <Relationship Id=\"styles\" Type=\"{KIND}/styles\" Target=\"styles.xml\"/>\
         <Relationship Id=\"foot\" Type=\"{KIND}/footer\" Target=\"footer1.xml\"/>"
    );
    for at in 0..pictures {
        for end in ["svg", "emf"] {
            out += &format!(
                "<Relationship Id=\"{end}{at}\" Type=\"{KIND}/image\" Target=\"media/picture{at}.{end}\"/>"
            );
        }
    }
    out + "</Relationships>\n"
}

fn core(page: &Page) -> String {
    let title = page.title.as_str();
    format!(
        "{HEAD}<cp:coreProperties \
         xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>{title}</dc:title>\
         <dc:creator>aftercare</dc:creator><dc:language>{}</dc:language></cp:coreProperties>\n",
        page.lang
    )
}

const WORD: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";

fn foot(text: &str) -> String {
    let text = super::page::escape(text);
    format!(
        "{HEAD}<w:ftr {WORD}><w:p><w:pPr><w:pStyle w:val=\"Foot\"/></w:pPr><w:r><w:t xml:space=\"preserve\">\
         {text} · </w:t></w:r><w:fldSimple w:instr=\" PAGE \"><w:r><w:t>1</w:t></w:r></w:fldSimple></w:p>\
         </w:ftr>\n"
    )
}

/// Name, base size in half points, bold, colour, space before and after in twentieths of a point.
const STYLES: [(&str, &str, u32, bool, &str, u32, u32); 9] = [
    ("Title", "Title", 40, true, "1F2933", 0, 120),
    ("Heading1", "heading 1", 30, true, "1F2933", 320, 120),
    ("Heading2", "heading 2", 25, true, "1F2933", 200, 80),
    ("Answer", "Answer", 26, false, "1F2933", 0, 120),
    ("Note", "Note", 17, false, "5A6672", 40, 80),
    ("Cell", "Cell", 17, false, "1F2933", 10, 10),
    ("Caption", "caption", 19, true, "1F2933", 160, 60),
    ("Quote", "Quote", 20, false, "1F2933", 120, 120),
    ("Foot", "Foot", 15, false, "5A6672", 0, 0),
];

fn styles(lang: &str) -> String {
    let east = "Microsoft YaHei";
    let mut out = format!(
        "{HEAD}<w:styles {WORD}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii=\"Arial\" \
         w:hAnsi=\"Arial\" w:cs=\"Arial\" w:eastAsia=\"{east}\"/><w:sz w:val=\"20\"/><w:lang w:val=\"en-GB\" \
         w:eastAsia=\"zh-CN\"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after=\"100\" \
         w:line=\"264\" w:lineRule=\"auto\"/></w:pPr></w:pPrDefault></w:docDefaults><w:style \
         w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/></w:style>"
    );
    for (id, name, size, bold, colour, before, after) in STYLES {
        let weight = if bold { "<w:b/>" } else { "" };
        let keep = if id.starts_with("Heading") || id == "Caption" { "<w:keepNext/>" } else { "" };
        let edge = if id == "Quote" {
            "<w:pBdr><w:left w:val=\"single\" w:sz=\"24\" w:space=\"8\" w:color=\"0072B2\"/></w:pBdr>"
        } else {
            ""
        };
        let level = match id {
            "Heading1" => "<w:outlineLvl w:val=\"0\"/>",
            "Heading2" => "<w:outlineLvl w:val=\"1\"/>",
            _ => "",
        };
        let line = if lang.starts_with("zh") { 276 } else { 252 };
        out += &format!(
            "<w:style w:type=\"paragraph\" w:styleId=\"{id}\"><w:name w:val=\"{name}\"/><w:basedOn \
             w:val=\"Normal\"/><w:pPr>{keep}{edge}<w:spacing w:before=\"{before}\" w:after=\"{after}\" \
             w:line=\"{line}\" w:lineRule=\"auto\"/>{level}</w:pPr><w:rPr>{weight}<w:color \
             w:val=\"{colour}\"/><w:sz w:val=\"{size}\"/><w:szCs w:val=\"{size}\"/></w:rPr></w:style>"
        );
    }
    out + "</w:styles>\n"
}
