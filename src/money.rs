//! Signs and words for money.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Whether a character is a sign for money (general category Sc, and what Chinese and Japanese write).
pub(crate) const fn is_sign(c: char) -> bool {
    matches!(
        c,
        '$' | '¢'..='¥'
            | '\u{58f}'
            | '\u{60b}'
            | '\u{9f2}'
            | '\u{9f3}'
            | '\u{9fb}'
            | '\u{af1}'
            | '\u{bf9}'
            | '฿'
            | '\u{17db}'
            | '\u{20a0}'..='\u{20cf}'
            | '元'
            | '円'
            | '\u{fdfc}'
            | '\u{fe69}'
            | '\u{ffe0}'
            | '\u{ffe1}'
            | '\u{ffe5}'
            | '\u{ffe6}'
    )
}

/// Whether a word in small letters names money, behind a number or before it.
pub(crate) fn is_word(word: &str) -> bool {
    ALL.contains(word)
        || !word.is_ascii() && BEGINNINGS.split_ascii_whitespace().any(|start| word.starts_with(start))
}

/// Codes and words, looked up: every number of a transcript asks, and mostly in vain.
static ALL: LazyLock<HashSet<&str>> =
    LazyLock::new(|| CODES.split_ascii_whitespace().chain(WORDS.split_ascii_whitespace()).collect());

/// Whether it does so only behind a number: other languages have these words as well.
pub(crate) fn is_word_behind(word: &str) -> bool {
    BEHIND.split_ascii_whitespace().any(|known| known == word)
}

/// ISO 4217, without those that are words of many texts.
const CODES: &str = "aed afn amd aoa ars aud azn bam bdt bgn bhd bnd brl byn cad cdf chf clp cny cop crc czk dkk dop dzd egp etb
    eur gbp gel ghs gtq hkd hnl hrk huf idr ils inr iqd irr isk jmd jod jpy kes kgs khr krw kwd kzt lak lbp lkr mdl mkd mmk
    mnt mur mvr mxn myr mzn nad ngn nio nok npr nzd omr php pkr pln pyg qar rmb ron rsd rub rwf sek sgd thb tjs tmt tnd
    try ttd twd tzs uah ugx usd uyu uzs ves vnd xaf xof yer zar zmw";
const WORDS: &str = "euro euros dollar dollars dólar dólares dolar dolares pound pounds cent cents yen yuan rupee rupees rs real
    reais peso pesos franc francs franken złoty złotych złote zł kr kronor kroner krona krone tl lira liras lire kč koruna
    koruny korun baht forint forintot leva dinar dinars dirham dirhams riyal riyals shekel shekels nis ringgit rupiah rupias
    hryvnia hryvnias tenge naira cedi cedis shilling shillings ksh quid bucks pence soles bolivianos colones quetzales bolívares
    guaraníes taka percent prozent pourcent евро долларов доллара доллар копеек грн гривень гривні гривня тенге лв лева
    динара динар रुपये रुपए यूरो डॉलर يورو دولار ريال درهم جنيه دينار ليرة تومان ریال دلار روپے یورو שקל שקלים ευρώ";
const BEHIND: &str = "lei leu won rand som sol đồng dong đ lek pund marka rm rp сом";
/// Of words that others are written onto.
const BEGINNINGS: &str = "块 塊 원 달러 유로 루블 руб 欧元 歐元 美元 港币 港幣 人民币 日元 英镑 ユーロ ドル ポンド ウォン บาท ยูโร ກີບ টাকা ரூபா";
