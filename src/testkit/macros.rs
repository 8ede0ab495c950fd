//! The lists of cases, and what is made of them.
//!
//! Each suite has one list, a macro that hands it to another macro: `__conformance_tests` makes one named test a
//! case, `__conformance_list` the table by which a case is run by name. So no backend can leave a case out, and a
//! test of the crate compares the lists with the functions in the files, so that no case is written and never run.

/// Tests that a [`TranscriptStore`](crate::TranscriptStore) keeps its contract: one test a case.
///
/// Give it the attribute of your test runtime, a name for the module of tests, and a
/// [`Harness`](crate::testkit::Harness). Further attributes go along:
/// `#[ignore = "needs TEST_POSTGRES_URL"]` is a visible skip.
///
/// ```
/// use escalate::MemoryStore;
/// use escalate::testkit::Harness;
///
/// struct MemoryHarness;
///
/// impl Harness for MemoryHarness {
///     type Guard = ();
///     type Store = MemoryStore;
///     async fn fresh(&self) -> ((), MemoryStore) {
///         ((), MemoryStore::new())
///     }
/// }
///
/// escalate::transcript_store_conformance!(#[tokio::test] memory => MemoryHarness);
/// // test memory::reads_in_append_order ... ok
/// // ...
/// ```
#[macro_export]
macro_rules! transcript_store_conformance {
    ($(#[$attribute:meta])+ $name:ident => $harness:expr) => {
        $crate::__transcript_store_cases! { __conformance_tests [$(#[$attribute])+] $name $harness }
    };
}

/// Tests that a [`TicketRepository`](crate::TicketRepository) keeps its contract: one test a case.
///
/// Called like [`transcript_store_conformance!`](crate::transcript_store_conformance).
#[macro_export]
macro_rules! ticket_repository_conformance {
    ($(#[$attribute:meta])+ $name:ident => $harness:expr) => {
        $crate::__ticket_repository_cases! { __conformance_tests [$(#[$attribute])+] $name $harness }
    };
}

/// Tests that a [`Roster`](crate::Roster) keeps its contract: one test a case.
///
/// Called like [`transcript_store_conformance!`](crate::transcript_store_conformance), with a harness whose store
/// is a [`StaffedRoster`](crate::testkit::StaffedRoster): a roster that a case can fill.
#[macro_export]
macro_rules! roster_conformance {
    ($(#[$attribute:meta])+ $name:ident => $harness:expr) => {
        $crate::__roster_cases! { __conformance_tests [$(#[$attribute])+] $name $harness }
    };
}

/// Tests that transcripts and tickets in one database are written in one transaction: one test a case.
///
/// For stores that are both ports at once. Called like
/// [`transcript_store_conformance!`](crate::transcript_store_conformance).
#[macro_export]
macro_rules! shared_database_conformance {
    ($(#[$attribute:meta])+ $name:ident => $harness:expr) => {
        $crate::__shared_database_cases! { __conformance_tests [$(#[$attribute])+] $name $harness }
    };
}

/// Tests that transcripts outlive their handle: one test a case.
///
/// For a [`Reopen`](crate::testkit::Reopen) harness whose store is a
/// [`TranscriptStore`](crate::TranscriptStore). A store that is gone with its last handle does not call it.
#[macro_export]
macro_rules! transcript_store_reopen_conformance {
    ($(#[$attribute:meta])+ $name:ident => $harness:expr) => {
        $crate::__transcript_reopen_cases! { __reopen_tests [$(#[$attribute])+] $name $harness }
    };
}

/// Tests that control and tickets outlive their handle: one test a case.
///
/// For a [`Reopen`](crate::testkit::Reopen) harness whose store is a
/// [`TicketRepository`](crate::TicketRepository). A store that is gone with its last handle does not call it.
#[macro_export]
macro_rules! ticket_repository_reopen_conformance {
    ($(#[$attribute:meta])+ $name:ident => $harness:expr) => {
        $crate::__ticket_reopen_cases! { __reopen_tests [$(#[$attribute])+] $name $harness }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_tests {
    ($attributes:tt $name:ident $harness:expr; $suite:ident; $($theme:ident :: $case:ident)+) => {
        mod $name {
            #[allow(unused_imports, reason = "where the harness is named by its path, nothing of it is needed")]
            use super::*;
            $($crate::__conformance_test! {
                $attributes $case {
                    let (_guard, store) = $crate::testkit::Harness::fresh(&$harness).await;
                    $crate::testkit::$suite::$theme::$case(&store).await;
                    // A guard outlives its store: the directory goes after the file is closed.
                    drop(store);
                }
            })+
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __reopen_tests {
    ($attributes:tt $name:ident $harness:expr; $suite:ident; $($theme:ident :: $case:ident)+) => {
        mod $name {
            #[allow(unused_imports, reason = "where the harness is named by its path, nothing of it is needed")]
            use super::*;
            $($crate::__conformance_test! {
                $attributes $case { $crate::testkit::$suite::$theme::$case(&$harness).await; }
            })+
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_test {
    ([$(#[$attribute:meta])+] $case:ident $body:block) => {
        $(#[$attribute])+
        async fn $case() $body
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_list {
    ($store:ident; $suite:ident; $($theme:ident :: $case:ident)+) => {
        /// Every case, in the order of the files.
        pub const CASES: &[Case<dyn $store>] = &[$(Case {
            name: stringify!($case),
            run: |store| Box::pin($theme::$case(store)),
        }),+];
    };
}
