use super::Evidence;

fn stated(said: &str, text: &str) -> bool {
    Evidence::of([said]).bears_out(text)
}

#[test]
fn what_was_written_may_be_stated_in_another_form() {
    for (said, text) in [
        ("order #W5490111", "Order W5490111 is late."),
        ("order w-549-0111", "Order W5490111 is late."),
        ("order W549 0111", "Order W-5490111 is late."),
        ("注文W5490111が", "注文 W5490111 です。"),
        ("paid 1,234.50", "Paid $1234.50."),
        ("paid $1234.5", "Paid 1.234,50 €."),
        ("paid 1 234,50 EUR", "Paid EUR 1,234.50."),
        ("paid 50 EUR", "50€ paid."),
        ("paid EUR50", "Paid 50.00 euros."),
        ("4111 1111 1111 1111", "Card 4111111111111111."),
        ("4111111111111111", "Card 4111-1111-1111-1111."),
        ("4111111111111111", "The card ends in 1111."),
        ("طلب ٥٤٩٠١١١", "Order 5490111."),
        ("注文５４９０１１１", "Order 5490111."),
        ("order 5490111", "الطلب ٥٤٩٠١١١"),
        ("order No5490111", "Order 5490111."),
        ("on 3.5.2024", "On 2024-05-03."),
        ("on 03/05/24", "On 3.5.2024."),
        ("call +49 (0)151 234567", "Call +490151234567."),
        ("at 10:30pm", "At 10:30 PM."),
        ("cleo@example.com", "Write to Cleo@Example.com."),
        ("see https://www.my-shop.example/a?b=1", "Bought at my-shop.example."),
        ("booking qwertz", "Booking QWERTZ."),
        ("ref INV-2024-0042/7", "Invoice INV-2024-0042."),
        ("order 12.I want", "Order 12 is wanted."),
        ("15 %", "15% off."),
        ("am 3.12.2024", "Am 3. Dezember 2024."),
        ("am 3.12.24", "Am 3. Dezember 2024."),
        ("call 06 12 34 56 78", "Call 0612345678 or 06 12 34 56 78."),
        ("card ****1234", "Card ****1234."),
        ("50 lei", "50lei, 50 lei."),
        ("10 m2", "10 m² are wet."),
        ("Evil.Com/pay", "See evil.com."),
        ("пример.рф/оплата", "На пример.рф."),
        ("我在支付.com买", "支付.com。"),
        ("", "See ул.Ленина, спасибо.Заказ, т.е. 3, 4 and 5 pieces, 2 or 3."),
        // What counts things and days needs no evidence.
        ("two weeks", "It took 14 days, 2-3 calls, and came on the 3rd at 10am, 24/7."),
        ("nothing", "Nothing was sent, e.g. by post.It is late. The U.S. shop, at 5 p.m."),
        ("", "WHERE IS MY THING"),
    ] {
        assert!(stated(said, text), "{said} / {text}");
    }
}

#[test]
fn what_was_not_written_is_invented() {
    for (said, text) in [
        ("order W5490111", "Order W5490112 is late."),
        ("order W5490111", "Order V5490111 is late."),
        ("order 5490111", "Order W5490111 is late."),
        ("order 5490111", "Order 549011 is late."),
        ("paid 12.34", "Paid 1234."),
        ("paid 1234", "Paid 12.34."),
        ("paid 1,234.50", "Paid 1,234.05."),
        ("paid 1,234.50", "Paid 1234."),
        ("a refund", "20 € are wanted."),
        ("a refund", "$ 20 are wanted."),
        ("a refund", "20 euros are wanted."),
        ("a refund", "15% off."),
        ("a refund", "A refund of 100."),
        ("4111 1111 1111 1111", "Card 4111 1111 1111 1112."),
        ("on 3.5.2024", "On 4.5.2024."),
        ("on 3.5.2024", "On 3.5.2023."),
        ("at 10:30", "At 10:45."),
        ("cleo@example.com", "Write to cleo@example.org."),
        ("my shop", "Bought at evil.example."),
        ("my shop", "Read invoice.pdf first."),
        ("my booking", "Booking QWERTZ is late."),
        ("", "06 12 34 56 78"),
        ("06 12 34 56 78", "06 12 34 56 79"),
        ("", "W 54 90 11 12"),
        ("", "41 11 11 11 11 11 11 11"),
        ("", "12/34 56/78 90/12"),
        ("", "12·34·56"),
        ("", "W⁵⁴⁹⁰¹¹¹²"),
        ("", "①②③④⑤"),
        ("", "1\u{fe0f}\u{20e3}2\u{fe0f}\u{20e3}"),
        ("", "95 Kč"),
        ("", "50 lei"),
        ("", "80 baht"),
        ("", "99 ₴"),
        ("", "50EUR"),
        ("", "Evil.Com/pay"),
        ("", "evil.Com"),
        ("", "пример.рф/оплата"),
        ("", "пример.рф"),
        ("", "支付.com"),
        ("", "evil.中国"),
        ("order", "الطلب ٥٤٩٠١١١"),
        ("order", "注文５４９０１１１です。"),
        ("order [EMAIL_1]", "Write to [EMAIL_2]."),
    ] {
        assert!(!stated(said, text), "{said} / {text}");
    }
}
