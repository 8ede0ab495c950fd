//! Bare domains with letters beyond ASCII (RFC 5890): `пример.рф`, `支付.com`.

use crate::fold::{Glyph, glyphs};

/// Each domain of a text in small letters, as a list of its forms: the first is the whole, the others lack letters at its
/// beginning, as scripts without spaces glue it to the word before.
pub(super) fn domains(text: &str) -> Vec<Vec<String>> {
    let glyphs = glyphs(text);
    let stops = glyphs.iter().enumerate().filter(|(_, glyph)| matches!(glyph.c, '.' | '｡'));
    stops.filter_map(|(at, _)| at_stop(&glyphs, at)).collect()
}

fn at_stop(glyphs: &[Glyph], at: usize) -> Option<Vec<String>> {
    let is_label = |glyph: &&Glyph| glyph.c.is_alphanumeric() || glyph.c == '-';
    let before = glyphs.get(..at)?.iter().rev().take(LONGEST).take_while(is_label).count();
    let name: String = glyphs.get(at - before..at)?.iter().flat_map(|glyph| glyph.c.to_lowercase()).collect();
    let after = glyphs.get(at + 1..)?;
    let ascii = after.first()?.c.is_ascii();
    let label = after.iter().take(LONGEST).take_while(|glyph| is_label(glyph) && glyph.c.is_ascii() == ascii);
    let (plain, next): (String, _) =
        (label.clone().map(|glyph| glyph.c).collect(), after.get(label.count()).map(|glyph| glyph.c));
    let last = plain.to_lowercase();
    if name.is_empty() || ascii && name.is_ascii() || last.chars().count() < 2 {
        return None;
    }
    let glued = |top: &&str| !top.starts_with(char::is_lowercase) && last.starts_with(*top);
    let known = TOP_LEVEL.split(' ').any(|top| top == last) || TOP_LEVEL.split(' ').any(|top| glued(&top));
    let is_domain = next == Some('/') && last.chars().all(char::is_alphabetic)
        || if ascii { last.chars().all(char::is_alphabetic) && is_one_case(&plain) } else { known };
    let forms = || name.char_indices().filter_map(|(from, _)| Some(format!("{}.{last}", name.get(from..)?)));
    is_domain.then(|| forms().collect())
}

/// A sentence begins with a capital, where a space lacks.
fn is_one_case(label: &str) -> bool {
    label.bytes().all(|byte| byte.is_ascii_lowercase()) || label.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Top-level domains in other letters (IANA root zone), those that are met.
const TOP_LEVEL: &str = "рф укр рус бел срб мкд бг қаз онлайн сайт орг ком москва дети ею ευ ελ հայ გე 中国 中國 香港 台湾 台灣 公司 \
    网络 網絡 网站 网址 在线 商店 商城 集团 新加坡 みんな コム ストア セール 한국 닷컴 닷넷 भारत ভারত ไทย คอม امارات السعودية مصر ایران المغرب \
    شبكة موقع كوم קום ישראל";
/// Of a label, in characters.
const LONGEST: usize = 63;
