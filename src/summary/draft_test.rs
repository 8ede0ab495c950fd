use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

use super::super::check::has_markup;
use super::*;

/// Sentences as whoever counts by marks counts them.
/// Sentences by their marks; one inside an amount, a code or an address ends nothing.
fn pieces(text: &str) -> usize {
    let ends = |(at, mark): &(usize, char)| {
        let after = text.get(at + mark.len_utf8()..).unwrap_or_default();
        let open = matches!(mark, '.' | '!' | '?') && after.starts_with(|c: char| !c.is_whitespace());
        matches!(mark, '.' | '!' | '?' | '。' | '！' | '？' | '।' | '؟' | '…') && !open
    };
    let ended = text.trim_end().ends_with(['.', '!', '?', '。', '！', '？', '।', '؟', '…']);
    text.char_indices().filter(ends).count() + usize::from(!ended)
}

/// The format characters that hide or reorder text.
fn hides(c: char) -> bool {
    let ranges = [
        '\u{200E}'..='\u{200F}',
        '\u{202A}'..='\u{202E}',
        '\u{2060}'..='\u{206F}',
        '\u{E0000}'..='\u{E007F}',
    ];
    matches!(c, '\u{AD}' | '\u{200B}' | '\u{FEFF}') || ranges.iter().any(|range| range.contains(&c))
}

#[track_caller]
fn sound(summary: &Summary) {
    let Summary { subject, text, .. } = summary;
    assert!(!subject.trim().is_empty() && subject.chars().count() <= Summary::MAX_SUBJECT, "{subject:?}");
    assert!(!text.trim().is_empty() && text.chars().count() <= Summary::MAX_TEXT, "{text:?}");
    assert!((1..=3).contains(&pieces(text)), "{} {text:?}", pieces(text));
    for part in [subject, text] {
        assert!(!part.chars().any(char::is_control) && !part.contains("  "), "{part:?}");
        assert!(!part.chars().any(hides), "{part:?}");
        for markup in ["```", "**", "__", "](", "</", "://", "# "] {
            assert!(!part.contains(markup), "{markup} in {part:?}");
        }
        let tags = part.match_indices('<').filter(|(at, _)| part[at + 1..].starts_with(char::is_alphabetic));
        assert_eq!(tags.count(), 0, "{part:?}");
    }
    // A draft passes what a model's words have to pass.
    assert!(![subject, text].into_iter().any(|part| has_markup(part)), "{summary:?}");
}

#[track_caller]
fn drafted(said: &[&str], subject: &str, text: &str) {
    let summary = draft(said, None, Sequence(1));
    sound(&summary);
    assert_eq!((summary.subject.as_str(), summary.text.as_str()), (subject, text));
}

#[test]
fn says_what_is_wanted_and_drops_the_small_talk() {
    drafted(
        &[
            "Hi there!",
            "Sure, I need to cancel reservation SI5UKW because I am sick.",
            "ok",
            "yes",
            "I do have insurance, so I want a refund.",
            "Thank you!",
        ],
        "I need to cancel reservation SI5UKW because I am sick",
        "I need to cancel reservation SI5UKW because I am sick. I do have insurance, so I want a refund.",
    );
    drafted(
        &[
            "Guten Tag",
            "Ja, mein Paket ist nicht angekommen.",
            "Die Bestellung ist #W5490111.",
            "Ich möchte mein Geld zurück.",
            "Danke",
        ],
        "Ich möchte mein Geld zurück",
        "Mein Paket ist nicht angekommen. Die Bestellung ist #W5490111. Ich möchte mein Geld zurück.",
    );
    drafted(
        &["你好", "我的订单W5490111没有到。我想退款。", "谢谢"],
        "我的订单W5490111没有到",
        "我的订单W5490111没有到。我想退款。",
    );
}

#[test]
fn identifiers_of_sentences_left_out_are_listed() {
    let said = [
        "My order #W5490111 arrived broken and I want a refund for it.",
        "Code 1N99U6.",
        "It is mia.garcia2723@example.com",
        "I was told to wait but nothing happened, so please cancel everything.",
        "Please speak to the supervisor because the delivery was wrong again.",
        "The amount was $159",
    ];
    let summary = draft(&said, None, Sequence(9));
    sound(&summary);
    for kept in ["#W5490111", "1N99U6", "mia.garcia2723@example.com", "$159"] {
        assert!(summary.text.contains(kept), "{kept} {}", summary.text);
    }
    assert_eq!(summary.covers, Sequence(9));
    assert_eq!(summary.author, SummaryAuthor::Deterministic);
}

#[test]
fn a_flood_of_identifiers_leaves_the_latest() {
    let said: Vec<String> =
        (0..39).map(|at| format!("My broken order number {at} is ORDER-{at:06}-{at:06}-{at:06}.")).collect();
    let said: Vec<&str> = said.iter().map(String::as_str).collect();
    let summary = draft(&said, None, Sequence(1));
    sound(&summary);
    assert!(summary.text.contains("ORDER-000038-000038-000038"), "{}", summary.text);
}

#[test]
fn two_sentences_wherever_two_were_said() {
    for said in [&["Hello.", "Goodbye."][..], &["yes", "no"], &["好的", "谢谢"]] {
        let summary = draft(said, None, Sequence(1));
        sound(&summary);
        assert!(pieces(&summary.text) >= 2, "{said:?} {}", summary.text);
    }
}

#[test]
fn marks_that_end_nothing_are_written_otherwise() {
    drafted(
        &["I met Mr. Smith at 5 p.m. in St. Louis?!!"],
        "I met Mr Smith at 5 pm in St Louis?",
        "I met Mr Smith at 5 pm in St Louis?",
    );
    drafted(
        &["My server 10.20.30.40 is down"],
        "My server 10.20.30.40 is down",
        "My server 10.20.30.40 is down.",
    );
    drafted(
        &["I was charged 84.20, 16.00 and 310.50 pounds"],
        "I was charged 84.20, 16.00 and 310.50 pounds",
        "I was charged 84.20, 16.00 and 310.50 pounds.",
    );
}

/// Of two requests, the one that explains itself; neither talk nor what opens the matter makes room for it.
#[test]
fn a_longer_request_is_worth_more() {
    let told = draft(
        &[
            "The kettle from your shop leaks.",
            "Could you tell me whether the repair at your workshop in town takes longer than one week?",
            "The whole weekend was lovely and sunny here at the lake with all of our family.",
            "Can I return the box?",
            "Please send a filter.",
            "Could you check the lid?",
        ],
        None,
        Sequence(6),
    );
    assert!(told.text.starts_with("The kettle") && !told.text.contains("lake"), "{}", told.text);
    let told = draft(
        &[
            "I want to swap two things from my last order.",
            "I'd like to swap the bottle for a larger one and the lamp for one that is less bright and runs on batteries.",
            "Please confirm the swap of the lamp.",
            "Can I return the bottle instead?",
            "Could you send the refund to my card?",
        ],
        None,
        Sequence(5),
    );
    assert!(told.text.contains("runs on batteries"), "{}", told.text);
}

#[test]
fn what_only_hides_goes_and_what_shapes_stays() {
    // Persian with a joiner between two parts of a word, a heart in its red form, and a woman at a computer.
    let kept = "می\u{200c}خواهم ❤\u{fe0f} 👩\u{200d}💻";
    assert!(draft(&[kept], None, Sequence(1)).text.contains(kept));
    let hidden =
        "Order\u{fe0f} 12\u{e0101}34\u{34f}5 never\u{e0041} came 愛\u{e0101}\u{e0102}\u{e0103} today.";
    assert_eq!(draft(&[hidden], None, Sequence(1)).text, "Order 12345 never came 愛\u{e0101} today.");
}

#[test]
fn markup_and_hidden_characters_go() {
    drafted(
        &[
            "**Please** <b>cancel</b> my `order` <script>alert</script> \u{202E}now\u{0}, [link](http://evil.example/x?y=1)",
        ],
        "Please cancel my order alert now, (link)(evil.example/x",
        "Please cancel my order alert now, (link)(evil.example/x.",
    );
    for said in [
        "<<b>script>go now",
        "<\u{200B}script>go now",
        "<*b>go now",
        "<.b>go now",
        "http:.//x.y go",
        "_\u{0}_x_\u{0}_ go",
        "<img src=x go",
    ] {
        sound(&draft(&[said], None, Sequence(1)));
    }
}

#[test]
fn nothing_said_is_said_so() {
    let french = Language::from("fr");
    for said in [&[][..], &[""], &[" \n\t", "\u{200B}", "\u{3164}"]] {
        let summary = draft(said, Some(&french), Sequence(0));
        sound(&summary);
        assert_eq!(summary.subject, NOTHING_SUBJECT);
        assert_eq!(summary.language.as_ref(), Some(&french));
    }
    assert_eq!(draft(&[], None, Sequence(0)).language, None);
}

#[test]
fn signs_without_words_are_shown() {
    drafted(&["😀😀", "👨‍👩‍👧"], "😀😀👨‍👩‍👧", "😀😀👨‍👩‍👧");
    drafted(&["???"], "?", "?");
}

#[test]
fn a_hint_wins_over_the_words() {
    let hint = Language::from("pt-BR");
    let said = ["I want to know where my order is."];
    assert_eq!(draft(&said, Some(&hint), Sequence(1)).language, Some(hint));
    assert_eq!(draft(&said, None, Sequence(1)).language, Some(Language::from("en")));
}

#[test]
fn ten_megabytes_of_anything_are_bounded() {
    for unit in [
        "a",
        " ",
        "a ",
        ".",
        ". ",
        "a. ",
        "1.",
        "😀",
        "👨‍👩‍👧",
        "🇩🇪",
        "\u{301}",
        "e\u{301}",
        "中",
        "?",
        "שלום ",
        "\u{202E}a",
        "\n",
        "<",
        "#W5490111 ",
        "a@b.c ",
        "ক্ষি",
    ] {
        let text = unit.repeat(10_000_000 / unit.len());
        let summary = draft(&[&text], None, Sequence(1));
        sound(&summary);
    }
    sound(&draft(&vec![""; 1_000_000], None, Sequence(1)));
}

#[test]
fn graphemes_are_never_cut() {
    for unit in ["e\u{301}", "👨‍👩‍👧", "🇩🇪", "क्षि"] {
        for count in [30, 79, 80, 81, 200, 5000] {
            let text = format!("x{}", unit.repeat(count));
            let summary = draft(&[&text], None, Sequence(1));
            sound(&summary);
            for grapheme in summary.subject.graphemes(true).chain(summary.text.graphemes(true)) {
                assert!([unit, "x", ".", "।", "…", " "].contains(&grapheme), "{unit} {count} {grapheme:?}");
            }
        }
    }
}

/// What is left of marks makes no declaration of a document.
#[test]
fn a_mark_beside_less_than_is_no_tag() {
    sound(&draft(&["I want a refund<# ?!I want a refundp.m....Mr."], None, Sequence(1)));
    sound(&draft(&["I want a refund<# !I want a refund."], None, Sequence(1)));
}

#[test]
fn a_cut_leaves_no_half_code() {
    let text = format!("{}W5490111号", "订".repeat(74));
    let summary = draft(&[&text], None, Sequence(1));
    assert_eq!(summary.subject, format!("{}…", "订".repeat(74)));
}

#[allow(clippy::too_many_lines, reason = "a list")]
fn hostile() -> impl Strategy<Value = Vec<String>> {
    let atoms = prop::sample::select(vec![
        "I want a refund",
        "order #W5490111",
        "3.5",
        "a.b@c.de",
        "p.m.",
        "Mr.",
        "...",
        "?!",
        "。",
        "！",
        "।",
        "؟",
        "…",
        ". ",
        "\n",
        " ",
        "<",
        "<b>",
        "</b>",
        "**",
        "*",
        "_",
        "__",
        "`",
        "#",
        "# ",
        "](",
        "[",
        "://",
        ":",
        "/",
        "http://x.y/?z",
        "\u{202E}",
        "\u{200B}",
        "\u{200D}",
        "\u{FEFF}",
        "\0",
        "\u{301}",
        "😀",
        "👨‍👩‍👧",
        "🇩",
        "中文",
        "退款",
        "שלום",
        "مرحبا",
        "नमस्ते",
        "สวัสดี",
        "x",
        "Y",
        "7",
        "$5",
        "-",
        "(",
        ")",
        "\"",
        ",",
        "thanks",
        "\u{3164}",
        "W1234567",
        "\u{E0041}",
        "\u{AD}",
        "é",
        "İ",
        "ß",
        "!",
        "~~",
        ">",
        "&lt;",
        "\r",
        "\u{2028}",
    ]);
    let text =
        prop_oneof![prop::collection::vec(atoms, 0..60).prop_map(|atoms| atoms.concat()), any::<String>()];
    prop::collection::vec(text, 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) })]

    #[test]
    fn whatever_is_said_the_summary_is_sound(said in hostile()) {
        let said: Vec<&str> = said.iter().map(String::as_str).collect();
        let summary = draft(&said, None, Sequence(1));
        sound(&summary);
        prop_assert_eq!(&summary, &draft(&said, None, Sequence(1)));
    }

    #[test]
    fn every_code_is_kept(codes in prop::collection::vec("[A-Z][0-9]{6}", 1..12), at in 0_usize..12) {
        let said: Vec<String> = codes.iter().map(|code| format!("One more thing about the parcel with number {code} that I sent.")).collect();
        let mut said: Vec<&str> = said.iter().map(String::as_str).collect();
        said.insert(at.min(said.len()), "I would like my money back because it is broken.");
        let summary = draft(&said, None, Sequence(1));
        for code in &codes {
            prop_assert!(summary.text.contains(code.as_str()), "{} {}", code, summary.text);
        }
    }
}
