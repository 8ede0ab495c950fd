use super::window;

#[test]
fn short_conversations_are_whole() {
    assert_eq!(window(&["one", "", "two"], 20, 20), ["one", "two"]);
    assert!(window(&[], 20, 20).is_empty());
}

#[test]
fn long_ones_keep_their_beginning_and_their_end() {
    let said: Vec<String> = (0..100).map(|at| format!("entry {at}")).collect();
    let said: Vec<&str> = said.iter().map(String::as_str).collect();
    assert_eq!(window(&said, 16, 16), ["entry 0", "entry 1", " 98", "entry 99"]);
}

#[test]
fn one_long_text_is_cut_at_spaces_and_never_told_twice() {
    let text = "alpha beta gamma delta epsilon zeta";
    assert_eq!(window(&[text], 12, 12), ["alpha beta", " zeta"]);
    assert_eq!(window(&[text], 30, 30).concat(), text);
}

#[test]
fn no_grapheme_is_cut() {
    let accents = "e\u{301}".repeat(1000);
    for (head, tail) in [(1, 1), (2, 2), (4, 4), (100, 101), (3, 2)] {
        let kept = window(&[&accents], head, tail).concat();
        assert_eq!(kept.replace("e\u{301}", ""), "", "{head} {tail}");
    }
    let flags = "🇩🇪".repeat(1000);
    for tail in 90..110 {
        let kept = window(&[&flags], 50, tail).concat();
        assert_eq!(kept.replace("🇩🇪", ""), "", "{tail}");
    }
}
