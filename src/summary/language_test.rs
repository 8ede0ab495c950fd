use super::{ALLOWED, PROFILES, detect};

#[track_caller]
fn check(said: &[&str], wanted: Option<&str>) {
    assert_eq!(detect(said).as_ref().map(super::Language::as_str), wanted, "{said:?}");
}

#[test]
fn one_sentence_is_enough() {
    for (tag, said) in [
        ("en", "My parcel has not arrived and I want my money back"),
        ("de", "Mein Paket ist nicht angekommen und ich möchte mein Geld zurück"),
        ("fr", "Mon colis n'est pas arrivé et je voudrais être remboursé"),
        ("es", "Mi paquete no ha llegado y quiero que me devuelvan el dinero"),
        ("pt", "Meu pacote não chegou e eu quero meu dinheiro de volta"),
        ("it", "Il mio pacco non è arrivato e vorrei un rimborso"),
        ("nl", "Mijn pakket is niet aangekomen en ik wil mijn geld terug"),
        ("sv", "Mitt paket har inte kommit och jag vill ha pengarna tillbaka"),
        ("da", "Min pakke er ikke kommet, og jeg vil gerne have mine penge tilbage"),
        ("nb", "Pakken min har ikke kommet og jeg vil gjerne ha pengene tilbake"),
        ("fi", "Pakettini ei ole tullut ja haluan rahani takaisin"),
        ("pl", "Moja paczka nie dotarła i chcę zwrotu pieniędzy"),
        ("cs", "Můj balík nedorazil a chci vrátit peníze, prosím"),
        ("hu", "Nem érkezett meg a csomagom és szeretném visszakapni a pénzemet"),
        ("ro", "Coletul meu nu a ajuns și vreau banii înapoi"),
        ("tr", "Paketim gelmedi ve paramı geri istiyorum"),
        ("id", "Paket saya belum sampai dan saya ingin uang kembali"),
        ("vi", "Gói hàng của tôi chưa đến và tôi muốn hoàn tiền"),
        ("hi-Latn", "Mera order abhi tak nahi aaya hai, mujhe paise wapas chahiye"),
        ("ru", "Моя посылка не пришла, я хочу вернуть деньги"),
        ("uk", "Моя посилка не прийшла, я хочу повернути гроші"),
        ("bg", "Пратката ми не е пристигнала и искам да си върна парите"),
        ("ar", "لم تصل الشحنة وأريد استرداد المال من فضلك"),
        ("fa", "بسته من نرسیده است و می‌خواهم پولم را پس بگیرم"),
        ("ur", "میرا پارسل نہیں آیا اور مجھے پیسے واپس چاہیے"),
        ("hi", "मेरा पार्सल नहीं आया है और मुझे पैसे वापस चाहिए"),
        ("mr", "माझे पार्सल आले नाही आणि मला पैसे परत हवे आहेत"),
        ("zh", "我的包裹没有到，我想退款"),
        ("ja", "荷物が届かないので返金してください"),
        ("ko", "소포가 도착하지 않아서 환불받고 싶습니다"),
        ("th", "พัสดุของฉันยังไม่ถึง"),
        ("he", "החבילה שלי לא הגיעה ואני רוצה החזר"),
        ("el", "Το δέμα μου δεν έφτασε"),
        ("ta", "என் பார்சல் வரவில்லை"),
        ("te", "నా పార్సెల్ రాలేదు"),
        ("bn", "আমার পার্সেল আসেনি"),
        ("or", "ମୋ ପାର୍ସଲ ଆସିନାହିଁ"),
    ] {
        check(&[said], Some(tag));
    }
}

#[test]
fn everyday_words_name_a_language_where_there_is_no_grammar() {
    for (tag, said) in [
        ("en", "two coffees, large"),
        ("de", "trinkst du Tee"),
        ("nl", "twee koffie"),
        ("sv", "dricker du te"),
        ("fi", "kaksi olutta ja leipä"),
        ("it", "lunedì o martedì"),
        ("es", "miércoles por la noche"),
        ("pt", "quinta de manhã"),
        ("pl", "zamówienie i faktura"),
        ("uk", "скільки грошей"),
        ("ru", "сколько денег"),
        ("hi-Latn", "paisa kal subah"),
    ] {
        check(&[said], Some(tag));
    }
    // An order in catchwords, a turn each, with a name and a number.
    check(&["Hello", "Birthday party", "Angela", "Monday", "5pm", "Beer", "Yes"], Some("en"));
}

#[test]
fn the_letters_of_a_language_and_the_trigrams_together_name_it() {
    check(&["Ödəniş alınmadı"], None);
    check(&["Açıklama görünmüyor"], Some("tr"));
    check(&["Роботи дурні."], Some("uk"));
    check(&["Это что-то"], Some("ru"));
}

#[test]
fn a_word_two_languages_share_names_neither() {
    // Swedish and Danish, German and Dutch, Spanish and Portuguese, Hindi and Marathi.
    for said in ["Hej", "was", "por favor", "नमस्कार"] {
        check(&[said], None);
    }
}

#[test]
fn what_names_no_language_stays_unknown() {
    for said in [
        "",
        " ",
        "ok",
        "Hi!",
        "hola",
        "👍👍",
        "#W5490111",
        "https://example.com/the/and/you",
        "the_and_you@example.com",
        "12345",
        "???",
        "SI5UKW LAS IAH",
        "\u{202E}\u{0}",
    ] {
        check(&[said], None);
    }
    check(&[], None);
}

#[test]
fn neighbours_that_are_not_named_are_not_taken_for_others() {
    // Afrikaans, Swahili, Serbian, Pashto.
    check(&["Ek het nie my pakkie gekry nie en ek wil asseblief my geld hê"], None);
    check(&["Tafadhali nataka kujua kwa nini bidhaa yangu bado haijafika"], None);
    check(&["Мој пакет није стигао и ја желим повраћај новца, шта да радим"], None);
    check(&["زما کڅوړه نه ده رارسېدلې او زه خپلې پیسې غواړم"], None);
}

#[test]
fn the_text_outvotes_greetings_names_and_codes() {
    check(&["Bonjour!", "I would like to cancel all of my flights, s'il vous plaît."], Some("en"));
    check(
        &["Hallo Mr. John Smith", "ich brauche eine Rechnung für The Lord of the Rings", "#W123"],
        Some("de"),
    );
    check(&["मुझे TV shows देखना love है, खासकर Japanese वाले"], Some("hi"));
    check(&["iPhone 15 Pro Max の注文をキャンセルしたい"], Some("ja"));
    check(&["I NEED A REFUND FOR MY ORDER NOW"], Some("en"));
    check(
        &["I ate at 东来顺 and now I want to write a long complaint about what they did to me"],
        Some("en"),
    );
}

#[test]
fn only_the_two_ends_of_a_long_text_are_read() {
    let middle = "palabra ".repeat(200_000);
    let said = [
        "I want to know where my order is and when it will be here. ",
        &middle,
        " Please help me with this.",
    ];
    check(&[&said.concat().replace("palabra", "x1")], Some("en"));
}

#[test]
fn the_tables_fit_their_bits_and_the_trigrams_name_only_known_tags() {
    assert!(PROFILES.len() <= u64::BITS as usize);
    for (_, tag) in ALLOWED {
        assert!(PROFILES.iter().any(|(_, profile)| profile.tag == *tag), "{tag}");
    }
    for (_, profile) in PROFILES.iter() {
        for word in profile.words.split(' ') {
            assert!(!word.is_empty() && word == word.to_lowercase(), "{:?} {word:?}", profile.tag);
        }
    }
}
