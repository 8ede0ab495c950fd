use super::identifiers;

#[test]
fn codes_addresses_and_amounts_are_found() {
    for (sentence, wanted) in [
        ("My order is #W5490111, not 1N99U6.", vec!["#W5490111", "1N99U6"]),
        ("user james_taylor_7043, code MDCLVA", vec!["james_taylor_7043", "MDCLVA"]),
        ("mail mia.garcia2723@example.com!", vec!["mia.garcia2723@example.com"]),
        ("It cost $159.50 (or 20%)", vec!["$159.50", "20%"]),
        ("订单W5490111没到", vec!["W5490111"]),
        ("call 501-213-4545 from 10:00-22:00", vec!["501-213-4545", "10:00-22:00"]),
        ("A1B2C3/D4E5F6", vec!["A1B2C3", "D4E5F6"]),
        ("it was...93103", vec!["93103"]),
    ] {
        assert_eq!(identifiers(sentence), wanted, "{sentence}");
    }
}

#[test]
fn plain_words_are_not_identifiers() {
    for sentence in ["I want 2 rooms on May 5", "PLEASE HELP ME NOW", "Hello there", "", "...", "# @ $"] {
        assert!(identifiers(sentence).is_empty(), "{sentence}: {:?}", identifiers(sentence));
    }
}

#[test]
fn a_list_is_bounded() {
    let many: String = (0..10_000).map(|at| format!("ORD-{at:05} ")).collect();
    assert_eq!(identifiers(&many).len(), 40);
}
