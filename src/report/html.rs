//! `report.html`: one session on one page that opens offline, on a phone and in print.
//!
//! The page loads nothing and says everything without scripts; its one script copies texts.
//! Everything that comes from files is escaped by the templates; only figures, which escape
//! their own text, the style sheet and the script are put in as they are.

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

mod about;
mod channels;
mod kinds;
mod listing;
mod methods;
mod numbers;
mod opening;
mod panel;
mod recording;
mod session;
mod shown;
mod signals;
mod subject;
mod words_of;

pub(super) use shown::anchor as recording_anchor;

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
    ("methods.html", include_str!("templates/methods.html")),
    ("about.html", include_str!("templates/about.html")),
    ("study.html", include_str!("templates/study.html")),
];

/// The script of the session page, which copies texts, and what its policy lets run by
/// (SHA-256 in Base64).
const COPY: &str = include_str!("templates/copy.js");
const COPY_HASH: &str = "sha256-w2W6CJ+ztfeJxJyjKzGBU7Sq9nu9PflNQhQKQHeIwNc=";

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
    let globals = [
        ("css", include_str!("templates/page.css")),
        ("copy_script", COPY),
        ("copy_hash", COPY_HASH),
    ];
    for (name, text) in globals {
        environment.add_global(name, Value::from_safe_string(text.to_owned()));
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes,
    /// or of the square roots of the first eight (FIPS 180-4).
    fn constants(count: usize, root: fn(f64) -> f64) -> Vec<u32> {
        let is_prime = |n: &u32| (2..*n).all(|divisor| !n.is_multiple_of(divisor));
        let primes = (2..).filter(is_prime).take(count);
        primes
            .map(|prime| (root(f64::from(prime)).fract() * 4_294_967_296.0) as u32)
            .collect()
    }

    fn sha256(text: &[u8]) -> Vec<u8> {
        let k = constants(64, libm::cbrt);
        let mut state = constants(8, f64::sqrt);
        let mut padded = text.to_vec();
        padded.push(0x80);
        padded.resize((padded.len() + 8).next_multiple_of(64) - 8, 0);
        padded.extend((8 * text.len() as u64).to_be_bytes());

        for block in padded.chunks(64) {
            let word = |four: &[u8]| u32::from_be_bytes(four.try_into().unwrap());
            let mut w: Vec<u32> = block.chunks(4).map(word).collect();
            for t in 16..64 {
                let (a, b) = (w[t - 15], w[t - 2]);
                let low = a.rotate_right(7) ^ a.rotate_right(18) ^ (a >> 3);
                let high = b.rotate_right(17) ^ b.rotate_right(19) ^ (b >> 10);
                w.push(
                    w[t - 16].wrapping_add(low).wrapping_add(w[t - 7]).wrapping_add(high),
                );
            }
            let mut s = state.clone();
            for t in 0..64 {
                let (a, e) = (s[0], s[4]);
                let high = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
                let choice = (e & s[5]) ^ (!e & s[6]);
                let one = [high, choice, k[t], w[t]]
                    .iter()
                    .fold(s[7], |sum, x| sum.wrapping_add(*x));
                let low = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
                let majority = (a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]);
                s.rotate_right(1);
                s[0] = one.wrapping_add(low).wrapping_add(majority);
                s[4] = s[4].wrapping_add(one);
            }
            state.iter_mut().zip(s).for_each(|(sum, x)| *sum = sum.wrapping_add(x));
        }
        state.into_iter().flat_map(u32::to_be_bytes).collect()
    }

    fn base64(bytes: &[u8]) -> String {
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let three = |three: &[u8]| {
            let bits =
                three.iter().fold(0u32, |bits, byte| (bits << 8) | u32::from(*byte));
            let bits = bits << (8 * (3 - three.len()));
            let letter = |place: usize| match place <= three.len() {
                true => char::from(letters[(bits >> (18 - 6 * place)) as usize & 63]),
                false => '=',
            };
            (0..4).map(letter).collect::<String>()
        };
        bytes.chunks(3).map(three).collect()
    }

    #[test]
    fn the_policy_of_the_page_lets_its_script_run() {
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let hex: String =
            sha256(b"abc").iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, known);
        assert_eq!(COPY_HASH, format!("sha256-{}", base64(&sha256(COPY.as_bytes()))));
    }

    #[test]
    fn the_script_is_harmless_in_a_page() {
        assert!(!COPY.contains('<') && !COPY.contains('>') && !COPY.contains("http"));
    }
}
