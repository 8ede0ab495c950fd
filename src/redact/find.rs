//! E-mail addresses, and what is secret in a link.

use super::Found;
use crate::fold::Glyph;

/// RFC 5321, 4.5.3.1, and the characters of RFC 5322, 3.2.3; letters beyond ASCII as of RFC 6531.
pub(super) fn addresses(glyphs: &[Glyph], found: &mut Vec<Found>) {
    let mut until = 0;
    for (at, _) in glyphs.iter().enumerate().filter(|(_, glyph)| glyph.c == '@') {
        let near = |at: usize| glyphs.get(at).map_or(' ', |glyph| glyph.c);
        // Scripts without spaces glue an address to the words around it; one in ASCII ends with ASCII.
        let ascii = at > 0 && near(at - 1).is_ascii();
        let local = (until..at).rev().take(LONGEST_LOCAL).take_while(|at| is_local(near(*at), ascii)).last();
        let ascii = near(at + 1).is_ascii();
        let end =
            at + 1 + (at + 1..).take(LONGEST_DOMAIN).take_while(|at| is_domain(near(*at), ascii)).count();
        let domain: String =
            glyphs.get(at + 1..end).unwrap_or_default().iter().map(|glyph| glyph.c).collect();
        let Some(length) = domain_length(&domain) else { continue };
        let end = at + 1 + length;
        if let Some(start) = local
            && let Some(address) = glyphs.get(start..end)
        {
            found.extend(Found::of("EMAIL", address));
            until = end;
        }
    }
}

fn is_local(c: char, ascii: bool) -> bool {
    c.is_alphanumeric() && (c.is_ascii() || !ascii) || ".!#$%&'*+-/=?^_`{|}~".contains(c)
}

fn is_domain(c: char, ascii: bool) -> bool {
    c.is_alphanumeric() && (c.is_ascii() || !ascii) || matches!(c, '-' | '.')
}

/// How many characters of a run are a domain of two labels or more.
fn domain_length(run: &str) -> Option<usize> {
    let run = run.split("..").next().unwrap_or_default().trim_end_matches(['.', '-']);
    let (before, top) = run.rsplit_once('.')?;
    let is_top = top.chars().count() >= 2 && top.chars().any(char::is_alphabetic);
    (is_top && !before.is_empty()).then(|| run.chars().count())
}

/// What a link gives away to whoever has it: passwords, tokens in its query, long random parts of its path.
pub(super) fn secrets(glyphs: &[Glyph], found: &mut Vec<Found>) {
    let is = |at: usize, c| glyphs.get(at).is_some_and(|glyph| glyph.c == c);
    let mut until = 0;
    for at in 0..glyphs.len() {
        if at < until || !(is(at, ':') && is(at + 1, '/') && is(at + 2, '/')) {
            continue;
        }
        let start = at + 3;
        let rest = glyphs.get(start..).unwrap_or_default();
        until = start + rest.iter().take_while(|glyph| !ends_link(glyph.c)).count();
        let link = glyphs.get(start..until).unwrap_or_default();
        let host = link.iter().take_while(|glyph| !matches!(glyph.c, '/' | '?' | '#')).count();
        let (host, rest) = link.split_at(host);
        if let Some(at) = host.iter().rposition(|glyph| glyph.c == '@') {
            found.extend(host.get(..at).and_then(|user| Found::of("SECRET", user)));
        }
        let parts = rest.split(|glyph| matches!(glyph.c, '/' | '?' | '#' | '&' | ';'));
        found.extend(parts.filter_map(secret_of));
    }
}

fn ends_link(c: char) -> bool {
    matches!(c, ' ' | '\n' | '"' | '<' | '>' | ')' | ']' | '，' | '。')
}

/// The secret in one part of a link.
fn secret_of(part: &[Glyph]) -> Option<Found> {
    let Some(at) = part.iter().position(|glyph| glyph.c == '=') else {
        let digits = part.iter().filter(|glyph| glyph.c.is_ascii_digit()).count();
        let letters = part.iter().filter(|glyph| glyph.c.is_ascii_alphabetic()).count();
        let random =
            digits >= 2 && letters >= 2 && digits + letters >= RANDOM && part.len() < digits + letters + 8;
        return random.then(|| Found::of("SECRET", part)).flatten();
    };
    let (name, value) = part.split_at(at);
    let name: String = name.iter().take(LONGEST_LOCAL).map(|glyph| glyph.c.to_ascii_lowercase()).collect();
    let value = value.get(1..).unwrap_or_default();
    let telling = SECRET_NAMES.iter().any(|secret| name.contains(secret));
    telling.then(|| Found::of("SECRET", value)).flatten()
}

const SECRET_NAMES: [&str; 12] =
    ["token", "key", "secret", "passw", "pwd", "sig", "auth", "session", "code", "otp", "hash", "jwt"];

/// In characters; longer ones are no words.
const RANDOM: usize = 20;
const LONGEST_LOCAL: usize = 64;
const LONGEST_DOMAIN: usize = 255;
