use super::*;

#[test]
fn a_prefix_is_words_and_dots() {
    for good in ["escalate", "support.events", "a-b.c_d.9", "x"] {
        assert_eq!(Prefix::new(good).unwrap().all(), format!("{good}.*.*.*"));
    }
    let long = "x".repeat(LONGEST + 1);
    for bad in
        ["", ".", ".a", "a.", "a..b", "a.*", "a.>", ">", "a b", "a\tb", "a\r\nPUB x", "$JS.API", "ä", &long]
    {
        assert!(matches!(Prefix::new(bad), Err(NatsError::Prefix { .. })), "{bad:?}");
    }
}

#[test]
fn a_pattern_covers_all_subjects_or_not() {
    let prefix = Prefix::new("a.b").unwrap();
    for wide in ["a.b.*.*.*", "a.b.>", "a.>", ">", "*.b.>", "*.*.*.*.*", "a.b.*.*.>"] {
        assert!(prefix.is_covered_by(wide), "{wide}");
    }
    for narrow in ["", "a.b", "a.b.*.*", "a.b.*.*.*.*", "a.b.*.*.*.>", "a.b.*.*.escalated", "a.c.>", "b.>"] {
        assert!(!prefix.is_covered_by(narrow), "{narrow}");
    }
}
