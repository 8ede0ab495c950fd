use super::{has_two_or_three, sentences};

#[track_caller]
fn check(line: &str, wanted: &[&str]) {
    assert_eq!(sentences(line), wanted);
}

#[test]
fn ends_in_many_scripts() {
    check("It broke. I want a refund! Can you help?", &["It broke.", "I want a refund!", "Can you help?"]);
    check("我的订单没到。可以退款吗？谢谢！", &["我的订单没到。", "可以退款吗？", "谢谢！"]);
    check("मेरा ऑर्डर नहीं आया। कृपया मदद करें।", &["मेरा ऑर्डर नहीं आया।", "कृपया मदद करें।"]);
    check("أين طلبي؟ أريد استرداد المال.", &["أين طلبي؟", "أريد استرداد المال."]);
    check("届きません。返金してください。", &["届きません。", "返金してください。"]);
}

#[test]
fn chat_begins_sentences_with_small_letters() {
    check("my order is late. please help. thanks", &["my order is late.", "please help.", "thanks"]);
}

#[test]
fn abbreviations_do_not_end_a_sentence() {
    for whole in [
        "I spoke to Mr. Smith about it.",
        "Ich komme z. B. morgen vorbei.",
        "Am 3. Mai um 5 p.m. bitte.",
        "Please see e.g. The manual.",
        "Das kostet ca. drei Euro bzw. mehr.",
        "1. Nothing works",
    ] {
        check(whole, &[whole]);
    }
    check("It leaves at 5 p.m. I will miss it.", &["It leaves at 5 p.m.", "I will miss it."]);
}

#[test]
fn numbers_and_addresses_stay_whole() {
    for whole in [
        "It costs $3.50 or 4,5.",
        "Write to mia.garcia2723@example.com please",
        "Write to mia1.Garcia@example.com please",
        "See https://example.com/?q=1&r=2 for it",
        "Version 1.2.3 fails",
    ] {
        check(whole, &[whole]);
    }
    check("The id is W9502127.Thanks", &["The id is W9502127.", "Thanks"]);
}

#[test]
fn ellipses_and_nothing() {
    check("Well... I waited. And then...", &["Well...", "I waited.", "And then..."]);
    check("", &[]);
    check("   ", &[]);
    check("...", &["..."]);
}

#[test]
fn stops_of_other_scripts_count() {
    for text in [
        "မှာထားတာ မရောက်ပါ။ ငွေပြန်လိုချင်သည်။",
        "ការបញ្ជាទិញមិនមកដល់។ គាត់ចង់បានប្រាក់វិញ។",
        "Պատվերը չի հասել։ Նա ուզում է գումարը։",
        "ትዕዛዙ አልደረሰም። ገንዘቡን ይፈልጋል።",
        "མངགས་ཆ་མ་འབྱོར། དངུལ་ཕྱིར་སློག་དགོས།",
        "ลูกค้าไม่ได้รับสินค้า ต้องการเงินคืน",
    ] {
        assert!(has_two_or_three(text), "{text}");
    }
    for text in ["Պատվերը չի հասել։", "One.", "ሀ። ለ። ሐ። መ።", "...", "One. Two. Three. Four."]
    {
        assert!(!has_two_or_three(text), "{text}");
    }
}
