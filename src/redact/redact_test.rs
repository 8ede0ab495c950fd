use super::{Kept, Redact, Redactor};

fn told(text: &str) -> String {
    let mut kept = Kept::default();
    let told = Redact.redact(text, &mut kept);
    assert_eq!(kept.restore(&told), text, "{told}");
    told
}

/// Each text is `before {original} after`, with the kind it is put aside as.
fn hidden(kind: &str, texts: &[&str]) {
    for text in texts {
        let (before, rest) = text.split_once('{').unwrap();
        let (original, after) = rest.split_once('}').unwrap();
        assert_eq!(told(&format!("{before}{original}{after}")), format!("{before}[{kind}_1]{after}"));
    }
}

#[test]
fn cards() {
    hidden(
        "CARD",
        &[
            "card {4111111111111111}.",
            "{4111 1111 1111 1111}",
            "{4111-1111-1111-1111}, please",
            "{3782 822463 10005} amex",
            "{6011.1111.1111.1117}",
            "thirteen: {4222222222222}",
            "nineteen: {6304 0000 0000 0000 000}",
            "full width {４１１１　１１１１　１１１１　１１１１}。",
            "{٤١١١ ١١١١ ١١١١ ١١١١}",
            "hidden {4111\u{200b}1111\u{200b}1111\u{200b}1111}",
            "卡号{4111111111111111}谢谢",
            "{4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1}",
            "{4111_1111_1111_1111}",
            "{4111/1111/1111/1111}",
            "{4111·1111·1111·1111}",
            "{4111\n1111\n1111\n1111}",
            "my order was paid by {4111111111111111}",
            "order 12345 {4111 1111 1111 1111} is charged",
        ],
    );
    for plain in ["4111 1111 1111 1112", "IMEI 490154203237518", "order 1234567890123456", "2024 12 31"] {
        assert_eq!(told(plain), plain);
    }
}

#[test]
fn accounts() {
    hidden(
        "IBAN",
        &[
            "{DE89 3704 0044 0532 0130 00}",
            "IBAN:{GB29NWBK60161331926819}.",
            "{fr14 2004 1010 0505 0001 3m02 606} bitte",
            "{ＤＥ８９３７０４００４４０５３２０１３０００}",
            "{DE89  3704  0044  0532  0130  00}",
            "{DE89370400440532013000}EUR",
            "{NO93 8601 1117 947}, 500 kr",
        ],
    );
    assert!(told("DE88 3704 0044 0532 0130 00").starts_with("DE88 "), "a wrong check number is none");
}

#[test]
fn addresses() {
    hidden(
        "EMAIL",
        &[
            "write to {cleo.o'hara+shop@mail.example.co.uk}.",
            "<{a@b.de}>",
            "我的邮箱是{cleo@example.com}谢谢",
            "({用户@例子.广告})",
            "{ＣＬＥＯ＠ｅｘａｍｐｌｅ．ｃｏｍ}",
        ],
    );
    for plain in ["3 @ 5", "@cleo", "cleo@", "a@b", "@@@@", "a@b..c"] {
        assert_eq!(told(plain), plain);
    }
}

#[test]
fn telephones() {
    hidden(
        "PHONE",
        &[
            "call {+49 151 23456789}",
            "{+1 (555) 123-4567}",
            "{+4915123456789}!",
            "{0049 151 23456789}",
            "{(555) 123-4567} is mine",
            "{555-234-4567}",
            "{0151 23456789}",
            "{030/1234567}",
            "{06 12 34 56 78}",
            "{020 7946 0958}",
            "{07911123456}",
            "{8 (912) 345-67-89}",
            "{(11) 91234-5678}",
            "{138 1234 5678}",
            "{13812345678}",
            "{9876543210}",
            "The phone number on my account is {07911 123456}.",
            "my mobile for this order is {415-555-2671}",
            "I told customer service to call {415-555-2671}",
            "on {415-555-2671} try again",
            "我的手机号是{13812345678}",
            "{98765 43210}",
            "mi teléfono es {612 345 678}",
            "{＋８１９０１２３４５６７８}",
        ],
    );
    for plain in [
        "order 5551234567",
        "#0151 23456789",
        "Bestellung 0151 2345678",
        "W5490111",
        "on 31.12.2024 at 10:30",
        "2024-12-31 10:30",
        "from 01.02.2024 to 03.04.2024",
        "$1,234.50",
        "1 234 567 EUR",
        "12345678901",
        "192.168.1.10",
        "AB0151 2345678",
        "+5%",
        "I paid 800 500 2000 won",
        "SKU 212 555 1234",
        "Sizes 600 20 30 40",
        "order 9876543210",
        "order 13812345678",
        "pay 555 234 4567 EUR",
        "tracking 00340434161094000000",
    ] {
        assert_eq!(told(plain), plain);
    }
}

#[test]
fn secrets_of_links() {
    hidden(
        "SECRET",
        &[
            "https://x.test/reset?token={abc.def-123}&lang=de",
            "ftp://{cleo:pa55@x.test}/a",
            "https://x.test/reset/{9f86d081884c7d659a2feaa0c55ad015}?a=b",
        ],
    );
    assert_eq!(told("https://x.test/orders/1234?page=2"), "https://x.test/orders/1234?page=2");
}

#[test]
fn one_original_has_one_placeholder_in_all_texts() {
    let mut kept = Kept::default();
    assert_eq!(Redact.redact("a@b.de and c@d.de", &mut kept), "[EMAIL_1] and [EMAIL_2]");
    assert_eq!(Redact.redact("c@d.de", &mut kept), "[EMAIL_2]");
    assert_eq!(format!("{kept:?}"), "Kept { originals: 2 }");
}

#[test]
fn what_looks_like_a_placeholder_brings_nobody_elses_address() {
    let mut kept = Kept::default();
    let told = [
        Redact.redact("I am cleo@example.com", &mut kept),
        Redact.redact("[EMAIL_1] email_1 [LITERAL_1]", &mut kept),
    ];
    assert_eq!(told, ["I am [EMAIL_1]", "[LITERAL_1] [LITERAL_2] [LITERAL_3]"]);
    assert_eq!(kept.restore(&told[1]), "[EMAIL_1] email_1 [LITERAL_1]");
    // One that a host's own redactor made.
    let mut kept = Kept::default();
    assert_eq!(kept.placeholder("x[EMAIL_1]", "[Y_1] $1"), "[XEMAIL_1]");
    assert_eq!(kept.placeholder("y", "secret"), "[Y_1]");
    assert_eq!(kept.restore("[XEMAIL_1]"), "[Y_1] $1", "what is put back is not read again");
    assert_eq!(kept.set_apart("[Y_1]"), "[LITERAL_1]");
}

#[test]
fn placeholders_that_a_model_changed_are_known() {
    let mut kept = Kept::default();
    Redact.redact("a@b.de c@d.de +4915123456789", &mut kept);
    for changed in [
        "[EMAIL_2]",
        "[email_2]",
        "[EMAIL 2]",
        "[ Email-2 ]",
        "(EMAIL_2)",
        "【EMAIL_2】",
        "［EMAIL_２］",
        "EMAIL_2",
        "\\[EMAIL\\_2\\]",
        "[E-MAIL_2]",
        "[CORREO_2]",
        "<email_2>",
        "{EMAIL_2}",
        "[EMAIL #2]",
    ] {
        assert_eq!(kept.restore(&format!("x {changed}.")), "x c@d.de.", "{changed}");
    }
    for other in [
        "[EMAIL_3]",
        "[EMAIL_0]",
        "[CARD_1]",
        "XEMAIL_1",
        "EMAIL_12",
        "EMAIL 1",
        "[STEP_1]",
        "EMAIL_1x",
        "(step 1)",
    ] {
        assert_eq!(kept.restore(other), other);
    }
}

#[test]
fn what_comes_back_into_a_summary_is_bounded() {
    let mut kept = Kept::default();
    let long = format!("{}@example.com", "a".repeat(60));
    kept.placeholder("EMAIL", &long);
    kept.placeholder("CARD", "4111\u{200b}1111\n11111111");
    assert_eq!(kept.restore_within("Please write to [EMAIL_1] today", 80), "Please write to e-mail today");
    assert_eq!(kept.restore_within("[EMAIL_1] [EMAIL_1]", 80), format!("e-mail {long}"));
    assert_eq!(kept.restore_within(" Card [CARD_1] ", 80), "Card 41111111 11111111");
    let flood = "[EMAIL_1]".repeat(100);
    assert_eq!(kept.restore_within(&flood, 80), flood, "too long before");
    assert!(kept.restore(&"[EMAIL_1]".repeat(100_000)).len() < 3 << 20);
    let huge = kept.placeholder("SECRET", &"s".repeat(1 << 20));
    assert!(kept.restore(&huge).len() < 5_000);
    assert_eq!(
        kept.set_apart("[EMAIL_1234567890]"),
        "[EMAIL_1234567890]",
        "no such placeholder was ever given"
    );
}

mod properties {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::{Kept, Redact, Redactor};

    /// Pieces that touch each other in every way.
    fn pieces() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            4 => proptest::sample::select(vec![
                "[EMAIL_1]", "EMAIL_1", "email_", "[", "]", "(", ")", "\\", "_", "1", "CARD_", "[PHONE_1", "E-MAIL_2", "[LITERAL_1]",
                "a@b.de", "x@例子.中国", "4111 1111 1111 1111", "+4915123456789", "(030) 1234567", "DE89370400440532013000",
                "https://u:p@x.test/?token=abc", " ", "-", ".", "\n", "\u{200b}", "１", "٤", "[X_1]", "X_1", "kind", "tel ",
            ]).prop_map(str::to_owned),
            1 => any::<String>(),
            1 => "[0-9 +().-]{1,24}",
        ];
        vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        /// Also of texts before, when those after have added to what is kept.
        #[test]
        fn what_is_put_aside_is_put_back(texts in vec(pieces(), 1..4)) {
            let mut kept = Kept::default();
            let told: Vec<_> = texts.iter().map(|text| Redact.redact(text, &mut kept)).collect();
            for (told, text) in told.iter().zip(&texts) {
                prop_assert_eq!(&kept.restore(told), text, "{}", told);
            }
        }

        /// Whatever stands before and after.
        #[test]
        fn what_is_personal_does_not_show(before in pieces(), after in pieces()) {
            for personal in ["a@b.de", "4111 1111 1111 1111", "DE89370400440532013000", "+4915123456789"] {
                let told = Redact.redact(&format!("{before} x {personal}, {after}"), &mut Kept::default());
                prop_assert!(!told.contains(&format!(" x {personal}, ")), "{}", told);
            }
        }
    }
}

/// With work that grew with the square of the text, this would not end.
#[test]
fn long_texts_are_redacted() {
    for piece in [
        "1 ",
        "1234567,",
        "a@",
        "[EMAIL_1",
        "DE89 3704 ",
        "http://a/?token=",
        "+49 151 ",
        "4111 1111 1111 ",
        "(030) ",
    ] {
        let text = piece.repeat((1 << 17) / piece.len());
        let mut kept = Kept::default();
        let told = Redact.redact(&text, &mut kept);
        assert_eq!(kept.restore(&told), text, "{piece}");
    }
}
