//! The stemmer of M. F. Porter ("An algorithm for suffix stripping", 1980) with the changes of NLTK's default mode,
//! which the `rouge-score` package uses; so that figures can be compared with those of others.

/// The stem of a word of lower-case ASCII letters and digits.
pub(crate) fn stem(word: &str) -> String {
    if let Some((_, stem)) = POOL.iter().find(|(irregular, _)| *irregular == word) {
        return (*stem).to_owned();
    }
    if word.len() <= 2 {
        return word.to_owned();
    }
    let steps = [plural, past, final_y, |word: &str| double(word), |word: &str| rule(word, STEP_3, 0)];
    let word = steps.iter().fold(word.to_owned(), |word, step| step(&word));
    final_l(&final_e(&ending(&word)))
}

fn plural(word: &str) -> String {
    if word.len() == 4 && word.ends_with("ies") {
        return word.trim_end_matches('s').to_owned();
    }
    let rules = [("sses", "ss"), ("ies", "i"), ("ss", "ss"), ("s", "")];
    match rules.iter().find_map(|(suffix, new)| Some((word.strip_suffix(suffix)?, new))) {
        Some((stem, new)) => format!("{stem}{new}"),
        None => word.to_owned(),
    }
}

fn past(word: &str) -> String {
    if let Some(stem) = word.strip_suffix("ied") {
        return if stem.len() == 1 { format!("{stem}ie") } else { format!("{stem}i") };
    }
    if let Some(stem) = word.strip_suffix("eed") {
        return if measure(stem) > 0 { format!("{stem}ee") } else { word.to_owned() };
    }
    let stems = ["ed", "ing"].iter().filter_map(|suffix| word.strip_suffix(suffix));
    let Some(stem) = stems.into_iter().find(|stem| consonants(stem).contains(&false)) else {
        return word.to_owned();
    };
    if ["at", "bl", "iz"].iter().any(|end| stem.ends_with(end)) {
        return format!("{stem}e");
    }
    let mut last = stem.chars().rev();
    match (last.next(), last.next()) {
        (Some(one), Some(two)) if one == two && consonants(stem).last() == Some(&true) => {
            let keeps = matches!(one, 'l' | 's' | 'z');
            if keeps { stem.to_owned() } else { stem.trim_end_matches(one).to_owned() + &one.to_string() }
        }
        _ if measure(stem) == 1 && ends_cvc(stem) => format!("{stem}e"),
        _ => stem.to_owned(),
    }
}

fn final_y(word: &str) -> String {
    match word.strip_suffix('y') {
        Some(stem) if stem.len() > 1 && consonants(stem).last() == Some(&true) => format!("{stem}i"),
        _ => word.to_owned(),
    }
}

fn double(word: &str) -> String {
    match word.strip_suffix("alli") {
        Some(stem) if measure(stem) > 0 => double(&format!("{stem}al")),
        _ => match word.strip_suffix("logi") {
            Some(stem) if !rule_applies(word, STEP_2) => {
                // Measured with its `l`, unlike all others.
                let kept = format!("{stem}l");
                if measure(&kept) > 0 { format!("{stem}log") } else { word.to_owned() }
            }
            _ => rule(word, STEP_2, 0),
        },
    }
}

fn ending(word: &str) -> String {
    let suffix = STEP_4.split(' ').find(|suffix| word.ends_with(suffix));
    let Some((suffix, stem)) = suffix.and_then(|suffix| Some((suffix, word.strip_suffix(suffix)?))) else {
        return word.to_owned();
    };
    let fits = measure(stem) > 1 && (suffix != "ion" || stem.ends_with(['s', 't']));
    if fits { stem.to_owned() } else { word.to_owned() }
}

fn final_e(word: &str) -> String {
    match word.strip_suffix('e') {
        Some(stem) if measure(stem) > 1 || measure(stem) == 1 && !ends_cvc(stem) => stem.to_owned(),
        _ => word.to_owned(),
    }
}

fn final_l(word: &str) -> String {
    match word.strip_suffix('l') {
        Some(stem) if stem.ends_with('l') && measure(stem) > 1 => stem.to_owned(),
        _ => word.to_owned(),
    }
}

/// The first rule whose suffix is there decides, whether its condition holds or not.
fn rule(word: &str, rules: &[(&str, &str)], more_than: usize) -> String {
    match rules.iter().find_map(|(suffix, new)| Some((word.strip_suffix(suffix)?, new))) {
        Some((stem, new)) if measure(stem) > more_than => format!("{stem}{new}"),
        _ => word.to_owned(),
    }
}

fn rule_applies(word: &str, rules: &[(&str, &str)]) -> bool {
    rules.iter().any(|(suffix, _)| word.ends_with(suffix))
}

/// For each letter whether it is a consonant; a `y` is one unless it follows one.
fn consonants(word: &str) -> Vec<bool> {
    let mut flags: Vec<bool> = Vec::with_capacity(word.len());
    for letter in word.chars() {
        flags.push(match letter {
            'a' | 'e' | 'i' | 'o' | 'u' => false,
            'y' => !flags.last().copied().unwrap_or(false),
            _ => true,
        });
    }
    flags
}

/// How often a vowel is followed by a consonant.
fn measure(stem: &str) -> usize {
    consonants(stem).windows(2).filter(|pair| matches!(pair, [false, true])).count()
}

/// Whether it ends in consonant, vowel, consonant, the last of them not w, x or y; or is vowel and consonant.
fn ends_cvc(word: &str) -> bool {
    let flags = consonants(word);
    match flags.as_slice() {
        [.., true, false, true] => !word.ends_with(['w', 'x', 'y']),
        [false, true] => true,
        _ => false,
    }
}

const POOL: &[(&str, &str)] = &[
    ("sky", "sky"),
    ("skies", "sky"),
    ("dying", "die"),
    ("lying", "lie"),
    ("tying", "tie"),
    ("news", "news"),
    ("innings", "inning"),
    ("inning", "inning"),
    ("outings", "outing"),
    ("outing", "outing"),
    ("cannings", "canning"),
    ("canning", "canning"),
    ("howe", "howe"),
    ("proceed", "proceed"),
    ("exceed", "exceed"),
    ("succeed", "succeed"),
];

const STEP_2: &[(&str, &str)] = &[
    ("ational", "ate"),
    ("tional", "tion"),
    ("enci", "ence"),
    ("anci", "ance"),
    ("izer", "ize"),
    ("bli", "ble"),
    ("alli", "al"),
    ("entli", "ent"),
    ("eli", "e"),
    ("ousli", "ous"),
    ("ization", "ize"),
    ("ation", "ate"),
    ("ator", "ate"),
    ("alism", "al"),
    ("iveness", "ive"),
    ("fulness", "ful"),
    ("ousness", "ous"),
    ("aliti", "al"),
    ("iviti", "ive"),
    ("biliti", "ble"),
    ("fulli", "ful"),
];

const STEP_3: &[(&str, &str)] = &[
    ("icate", "ic"),
    ("ative", ""),
    ("alize", "al"),
    ("iciti", "ic"),
    ("ical", "ic"),
    ("ful", ""),
    ("ness", ""),
];

const STEP_4: &str = "al ance ence er ic able ible ant ement ment ent ion ou ism ate iti ous ive ize";
