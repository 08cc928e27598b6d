//! A page as data and its template. Must never hold a word or a number of its own: `sections` fills it.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use minijinja::{AutoEscape, Environment, Value, context};

use super::Result;

/// Text that is already safe to stand in HTML.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Html(String);

impl Html {
    /// Escapes plain text.
    pub(super) fn text(text: &str) -> Self {
        Self(escape(text))
    }

    /// Takes text whose variable parts were escaped by the caller.
    pub(super) fn trusted(html: impl Into<String>) -> Self {
        Self(html.into())
    }

    /// A key, path, command or other name that is the same in every language.
    pub(super) fn code(text: &str) -> Self {
        Self(format!("<code>{}</code>", escape(text)))
    }

    /// Words that are not the page's own and may be in any language.
    pub(super) fn foreign(text: &str) -> Self {
        Self(format!("<span class=\"data\">{}</span>", escape(text)))
    }

    /// This, then something quieter on the next line; nothing is added if that is empty.
    pub(super) fn with_aside(self, aside: &str) -> Self {
        if aside.is_empty() {
            return self;
        }
        Self(format!("{} <small>{}</small>", self.0, escape(aside)))
    }

    #[cfg(feature = "exports")]
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Escapes the characters that mean something in HTML.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

/// What a row of a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowKind {
    /// An ordinary row.
    Plain,
    /// A heading over the rows that follow; one cell.
    Heading,
    /// A part of the row above.
    Part,
    /// A sum or the row that matters most.
    Strong,
}

impl RowKind {
    fn class(self) -> &'static str {
        match self {
            RowKind::Plain => "",
            RowKind::Heading => "heading",
            RowKind::Part => "part",
            RowKind::Strong => "strong",
        }
    }
}

/// A table; its first column labels the rows.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) caption: Html,
    pub(super) head: Vec<Html>,
    pub(super) rows: Vec<(RowKind, Vec<Html>)>,
    /// Whether all columns but the first hold numbers.
    pub(super) numeric: bool,
}

/// A piece of a section.
#[derive(Clone, Debug)]
pub(super) enum Block {
    Para(Html),
    /// A quieter paragraph under a table.
    Note(Html),
    List(Vec<Html>),
    Table(Table),
    /// Tables that stand side by side where there is room.
    Pair(Table, Table),
    Figure {
        /// The SVG.
        picture: Html,
        caption: Html,
    },
    /// A command.
    Command(Html),
    /// The title of a sheet that stays whole in print.
    Sheet(Html),
    /// A paragraph that is there to be copied.
    Quote {
        /// Language tag.
        lang: &'static str,
        text: Html,
    },
    /// A long table that opens on demand.
    Folded {
        title: Html,
        table: Table,
        /// Says what is not shown; empty for a whole table.
        note: Html,
        /// Whether paper holds it too; otherwise the title must name the file that does.
        paper: bool,
    },
}

/// A part of the page under one title.
#[derive(Clone, Debug)]
pub(super) struct Section {
    pub(super) id: &'static str,
    pub(super) title: Html,
    pub(super) blocks: Vec<Block>,
}

/// A whole page.
#[derive(Clone, Debug)]
pub(super) struct Page {
    /// Language tag of the document.
    pub(super) lang: &'static str,
    pub(super) title: Html,
    pub(super) kicker: Html,
    pub(super) setting: Html,
    /// Set if the figures must not be used.
    pub(super) warning: Option<Html>,
    /// What was asked; empty for none.
    pub(super) asked: Html,
    pub(super) answer: Html,
    pub(super) more: Vec<Html>,
    /// Tables and notes of the first screen.
    pub(super) headline: Vec<Block>,
    pub(super) contents: Html,
    /// Words beside the box that makes a short print; empty for none.
    pub(super) short: Html,
    pub(super) sections: Vec<Section>,
    /// Link to the same page in the other language: file, language tag, word.
    pub(super) other: (&'static str, &'static str, Html),
}

const TEMPLATE: &str = include_str!("../../assets/report.html");
const STYLE: &str = include_str!("../../assets/report.css");

/// Turns a page into one HTML document.
pub(super) fn render(page: &Page) -> Result<String> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    // A caption stands before its table, since paper would part a caption in the table from its rows.
    let captions = AtomicUsize::new(1);
    environment.add_function("caption_id", move || format!("t{}", captions.fetch_add(1, Relaxed)));
    let template = environment.template_from_str(TEMPLATE)?;
    let optional = |html: &Option<Html>| html.as_ref().map(safe);
    let html = template.render(context! {
        lang => page.lang,
        style => Value::from_safe_string(STYLE.to_owned()),
        title => safe(&page.title),
        kicker => safe(&page.kicker),
        setting => safe(&page.setting),
        warning => optional(&page.warning),
        asked => safe(&page.asked),
        answer => safe(&page.answer),
        more => all(&page.more, safe),
        headline => all(&page.headline, block),
        contents => safe(&page.contents),
        short => safe(&page.short),
        sections => all(&page.sections, section),
        other => context! {
            file => page.other.0, lang => page.other.1, word => safe(&page.other.2)
        },
    })?;
    // The macros before the document leave empty lines.
    Ok(html.trim_start().to_owned())
}

fn safe(html: &Html) -> Value {
    Value::from_safe_string(html.0.clone())
}

fn all<T>(items: &[T], one: impl Fn(&T) -> Value) -> Value {
    items.iter().map(one).collect()
}

fn section(section: &Section) -> Value {
    context! {
        id => section.id,
        title => safe(&section.title),
        blocks => all(&section.blocks, block),
    }
}

fn block(block: &Block) -> Value {
    match block {
        Block::Para(html) => context! { kind => "para", html => safe(html) },
        Block::Note(html) => context! { kind => "note", html => safe(html) },
        Block::List(items) => context! { kind => "list", items => all(items, safe) },
        Block::Table(one) => context! { kind => "table", tables => vec![table(one)] },
        Block::Pair(a, b) => context! { kind => "pair", tables => vec![table(a), table(b)] },
        Block::Figure { picture, caption } => {
            context! { kind => "figure", picture => safe(picture), caption => safe(caption) }
        }
        Block::Command(html) => context! { kind => "command", html => safe(html) },
        Block::Sheet(html) => context! { kind => "sheet", html => safe(html) },
        Block::Quote { lang, text } => {
            context! { kind => "quote", lang => *lang, html => safe(text) }
        }
        Block::Folded { title, table: one, note, paper } => {
            let (tables, paper) = (vec![table(one)], *paper);
            context! { kind => "folded", title => safe(title), tables, note => safe(note), paper }
        }
    }
}

fn table(table: &Table) -> Value {
    let row = |(kind, cells): &(RowKind, Vec<Html>)| {
        context! { class => kind.class(), cells => all(cells, safe) }
    };
    context! {
        caption => safe(&table.caption),
        head => all(&table.head, safe),
        rows => all(&table.rows, row),
        numeric => table.numeric,
        width => table.head.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_files_cannot_become_markup() {
        for html in [Html::text("<b>&\""), Html::code("<b>&\""), Html::foreign("<b>&\"")] {
            assert!(html.as_str().contains("&lt;b&gt;&amp;&quot;"), "{html:?}");
        }
        let aside = Html::text("a").with_aside("<i>");
        assert_eq!(aside.as_str(), "a <small>&lt;i&gt;</small>");
        assert_eq!(Html::text("a").with_aside(""), Html::text("a"));
    }
}
