//! `report.html`: one session on one page that opens offline, on a phone and in print.
//!
//! The page has no scripts and loads nothing. Everything that comes from files is escaped
//! by the templates; only figures, which escape their own text, and the style sheet are
//! put in as they are.

use std::io;
use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};
use serde::Serialize;

use super::Writer;
use super::figure::svg;
use crate::outcome::Figure;
use crate::session::Findings;
use crate::words::capitalised;

mod channels;
mod kinds;
mod listing;
mod numbers;
mod opening;
mod panel;
mod recording;
mod session;
mod shown;
mod signals;
mod subject;
mod words_of;

/// Writes `report.html`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Html;

impl Writer for Html {
    fn file_name(&self) -> &'static str {
        "report.html"
    }

    fn write(&self, findings: &Findings, out: &mut dyn io::Write) -> io::Result<()> {
        let page = render("session.html", &session::Page::of(findings))?;
        out.write_all(page.as_bytes())
    }
}

const TEMPLATES: &[(&str, &str)] = &[
    ("base.html", include_str!("templates/base.html")),
    ("parts.html", include_str!("templates/parts.html")),
    ("session.html", include_str!("templates/session.html")),
    ("recording.html", include_str!("templates/recording.html")),
    ("study.html", include_str!("templates/study.html")),
];

/// A page from its template.
pub(crate) fn render(template: &str, page: &impl Serialize) -> io::Result<String> {
    let environment =
        ENVIRONMENT.as_ref().map_err(|error| io::Error::other(error.to_string()))?;
    let rendered = environment
        .get_template(template)
        .and_then(|template| template.render(Value::from(Serde(page))));
    rendered.map_err(io::Error::other)
}

/// The templates, read once for all pages.
static ENVIRONMENT: LazyLock<Result<Environment<'static>, minijinja::Error>> =
    LazyLock::new(environment);

fn environment() -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(
        SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?,
    );
    environment.add_global(
        "css",
        Value::from_safe_string(include_str!("templates/page.css").to_owned()),
    );
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    Ok(environment)
}

/// A figure with its words.
#[derive(Debug, Serialize)]
pub(crate) struct FigureView {
    title: String,
    caption: String,
    svg: Value,
}

impl FigureView {
    /// A figure, drawn.
    pub(crate) fn of(figure: &Figure) -> Self {
        Self {
            title: figure.title.clone(),
            caption: match figure.detail.as_str() {
                "" => figure.caption.clone(),
                detail => format!("{} {}.", figure.caption, capitalised(detail)),
            },
            svg: Value::from_safe_string(svg(figure)),
        }
    }
}
