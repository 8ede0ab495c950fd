use super::book;

#[test]
fn every_line_of_the_tables_is_read() {
    assert_eq!(book::BOOK.flaws, [""; 0]);
}
