//! Cases for every [`TranscriptStore`]: append only, in order, once, behind the fence.

pub mod append;
pub mod content;
pub mod fence;
pub mod listing;
pub mod open;
pub mod repeat;
pub mod tenancy;
pub mod window;

use super::harness::Case;
use crate::ports::TranscriptStore;

crate::__transcript_store_cases! { __conformance_list TranscriptStore }
