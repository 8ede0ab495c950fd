use super::{MOST_BYTES, asks_for_person, book, promises_person};

#[test]
fn every_line_of_the_tables_is_read() {
    assert_eq!(book::BOOK.flaws, [""; 0]);
}
