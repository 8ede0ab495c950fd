use super::*;

fn costs(cut: &Cut<(usize, String)>) -> usize {
    cut.head.iter().chain(&cut.tail).map(|(_, text)| FRAME + tokens(text)).sum()
}

#[test]
fn what_fits_is_not_touched() {
    let entries: Vec<_> = (0..5).map(|at| (at, "Where is my order?".to_owned())).collect();
    assert_eq!(cut(entries.clone(), 1000), Cut { head: entries, left_out: 0, tail: vec![] });
}

#[test]
fn head_and_tail_stay_in_whole_entries() {
    let entries: Vec<_> =
        (0..100).map(|at| (at, format!("Sentence {at} of the customer, as it was."))).collect();
    let cut = cut(entries.clone(), 600);
    assert!(costs(&cut) <= 600);
    assert!(cut.tail.len() > cut.head.len() && cut.head.len() > 2, "{} {}", cut.head.len(), cut.tail.len());
    assert_eq!(cut.head.len() + cut.left_out + cut.tail.len(), 100);
    assert_eq!(cut.head, entries[..cut.head.len()]);
    assert_eq!(cut.tail, entries[100 - cut.tail.len()..]);
}

#[test]
fn an_entry_that_is_too_long_loses_its_middle() {
    let long = format!("It began {} and it ended so", "word ".repeat(10_000));
    let cut = cut(vec![(0, long), (1, "Please help.".to_owned())], 400);
    let text = &cut.head[0].1;
    assert!(text.starts_with("It began word") && text.ends_with("and it ended so"), "{text}");
    assert_eq!((cut.head.len(), cut.left_out), (2, 0));
    assert!(costs(&cut) <= 400);
}

#[test]
fn no_script_comes_to_more_than_the_budget_and_no_character_is_halved() {
    for sample in ["ありがとうございます。", "नमस्ते दुनिया ", "🙂🙃", "Ünïcödé ", "ok ", "0123456789"]
    {
        for budget in [0, 1, 30, 64, 257, 4000] {
            let entries: Vec<_> = (0..20).map(|at| (at, sample.repeat(at * 40))).collect();
            let cut = cut(entries, budget);
            assert!(costs(&cut) <= budget, "{sample} {budget}: {}", costs(&cut));
            assert_eq!(cut.head.len() + cut.left_out + cut.tail.len(), 20);
        }
    }
}

/// A vocabulary of bytes needs at most one token a byte; plain English needs about one for four letters.
#[test]
fn the_estimate_is_between_the_usual_and_the_worst() {
    for text in [
        "My kettle arrived broken, order W5490111.",
        "お届けした商品が壊れていました。",
        "나는 환불을 원합니다",
        "🙂🙃",
    ] {
        assert!(
            (text.chars().count().div_ceil(4)..=text.len()).contains(&tokens(text)),
            "{text}: {}",
            tokens(text)
        );
    }
    assert_eq!((tokens(""), tokens("abc"), tokens("12"), tokens("你好"), tokens("🙂")), (0, 1, 2, 4, 4));
}
