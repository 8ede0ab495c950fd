//! What a teammate needs letter by letter: order numbers, reservation codes, addresses, amounts.

use super::marks::is_mark;

/// The identifiers and amounts of a cleaned sentence, in order, as the customer wrote them.
pub(super) fn identifiers(sentence: &str) -> Vec<&str> {
    let capitals = |pair: &[u8]| pair.iter().all(u8::is_ascii_uppercase);
    if !sentence.bytes().any(|byte| byte.is_ascii_digit() || byte == b'@')
        && !sentence.as_bytes().windows(5).any(capitals)
    {
        return Vec::new();
    }
    let shouted = !sentence.chars().any(char::is_lowercase);
    let mut found = Vec::new();
    for token in sentence.split_whitespace() {
        let token = token.trim_matches(|c: char| !c.is_alphanumeric() && !is_sign(c));
        let token = token.trim_end_matches('#');
        if token.is_empty() || token.len() > LONGEST && token.is_ascii() {
            continue;
        }
        if found.len() >= MOST {
            break;
        }
        if token.is_ascii() && !token.contains("..") && is_identifier(token, shouted) {
            found.push(token);
        } else if !token.is_ascii() || token.contains(is_separator) || token.contains("..") {
            // Scripts without spaces glue a code to the words around it; slashes and commas join several.
            found.extend(runs(token).filter(|run| is_identifier(run, shouted)));
        }
    }
    found
}

/// The ASCII stretches of a token, cut at separators.
fn runs(token: &str) -> impl Iterator<Item = &str> {
    let dots = token.contains("..");
    let runs = token.split(move |c: char| {
        !c.is_ascii() && !is_sign(c) || is_separator(c) || is_mark(c) && (c != '.' || dots)
    });
    runs.map(|run| run.trim_matches(|c: char| !c.is_alphanumeric() && !is_sign(c)))
}

fn is_identifier(token: &str, shouted: bool) -> bool {
    let digits = token.chars().filter(char::is_ascii_digit).count();
    let letters = token.chars().filter(char::is_ascii_alphabetic).count();
    if token.len() > LONGEST || token.contains(is_separator) {
        return false;
    }
    if let Some((name, host)) = token.split_once('@') {
        return !name.is_empty() && host.contains('.');
    }
    if digits == 0 {
        // A code of capitals, such as a booking reference, unless everything is written in capitals.
        return !shouted
            && (5..=8).contains(&letters)
            && letters == token.len()
            && token.chars().all(|c| c.is_ascii_uppercase());
    }
    let amount = token.chars().any(|c| is_currency(c) || c == '%');
    let coded = token.contains('#') || token.contains('_') && letters > 0;
    let lower = token.chars().any(|c| c.is_ascii_lowercase());
    amount || coded || digits + letters >= 5 && (!lower || digits >= 4 && !token.contains(':'))
}

/// What belongs to a code or amount at its edge.
const fn is_sign(c: char) -> bool {
    matches!(c, '#' | '%') || is_currency(c)
}

const fn is_currency(c: char) -> bool {
    matches!(c, '$' | '€' | '£' | '¥' | '₹' | '₩' | '₺' | '₽' | '₫' | '₱' | '₪' | '฿' | '￥')
}

const fn is_separator(c: char) -> bool {
    matches!(c, '/' | '(' | ')' | ';' | '"' | '=' | '|' | '<' | '>' | '&')
}

/// More of them in one sentence are a list.
const MOST: usize = 40;
/// Longer tokens are no identifiers.
const LONGEST: usize = 48;

#[cfg(test)]
#[path = "identifiers_test.rs"]
mod tests;
