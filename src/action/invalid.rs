//! What is wrong with an action of the host's, and with a call of a model's.

use serde::Serialize;
use thiserror::Error;

/// Why a trigger is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidAction {
    /// It says nothing.
    #[error("the trigger is blank; say when the action is to be called")]
    BlankTrigger,
    /// It is too long.
    #[error("the trigger has {chars} characters, more than the {limit} allowed; shorten it")]
    TriggerTooLong {
        /// Its length in characters.
        chars: usize,
        /// The most that is taken.
        limit: usize,
    },
    /// All triggers together are too long.
    #[error(
        "with this trigger the description has {chars} characters, more than the {limit} that providers take; \
         shorten the triggers or leave one out"
    )]
    DescriptionTooLong {
        /// Its length in characters.
        chars: usize,
        /// The most that is taken.
        limit: usize,
    },
}

/// Why a call was not understood: nothing was done.
///
/// `Display` is for the model, as the result of its call: it names the field, what was given by its type, and what is
/// allowed. Values are never repeated, and names only where they look like names.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum InvalidCall {
    /// The arguments are too long to be looked at.
    #[error("the arguments have {bytes} bytes, more than the {limit} allowed; shorten them")]
    TooLong {
        /// Their length in bytes of UTF-8.
        bytes: usize,
        /// The most that is parsed.
        limit: usize,
    },
    /// The arguments are not JSON.
    #[error(
        "the arguments are not valid JSON (line {line}, column {column}); send one JSON object such as \
         {{\"reason\": \"customer_request\"}}"
    )]
    NotJson {
        /// Where the fault is, from 1.
        line: usize,
        /// Where the fault is, from 1; 0 at the beginning of a line.
        column: usize,
    },
    /// The arguments are nested deeper than anything that makes sense.
    #[error("the arguments are nested too deeply; send one flat JSON object")]
    TooDeep,
    /// The arguments are JSON of another type.
    #[error(
        "the arguments are of type {found}; send one JSON object such as {{\"reason\": \"customer_request\"}}"
    )]
    NotAnObject {
        /// Its type.
        found: &'static str,
    },
    /// There is no such field.
    #[error("{} is not a field of this action; it takes {} only", named(.name.as_deref()), list(.known))]
    UnknownField {
        /// Its name, where that looks like one.
        name: Option<String>,
        /// The fields that there are.
        known: Vec<&'static str>,
    },
    /// A field stands twice.
    #[error("`{field}` is given more than once; give it once")]
    Repeated {
        /// Which.
        field: &'static str,
    },
    /// A field that is needed is missing.
    #[error("`{field}` is missing; give one of {}", list(.allowed))]
    Missing {
        /// Which.
        field: &'static str,
        /// What it may be.
        allowed: Vec<&'static str>,
    },
    /// A field has a value of another type.
    #[error("`{field}` is of type {found}; it has to be a string")]
    WrongType {
        /// Which.
        field: &'static str,
        /// The type of what was given.
        found: &'static str,
    },
    /// A field has a value that is not among those allowed.
    #[error("`{field}` has a value that is not allowed; give one of {}", list(.allowed))]
    NotAllowed {
        /// Which.
        field: &'static str,
        /// What it may be.
        allowed: Vec<&'static str>,
    },
    /// A text is too long.
    #[error("`{field}` has {chars} characters, more than the {limit} allowed; shorten it")]
    TextTooLong {
        /// Which.
        field: &'static str,
        /// Its length in characters.
        chars: usize,
        /// The most that is taken.
        limit: usize,
    },
}

fn named(name: Option<&str>) -> String {
    name.map_or_else(|| "a name among the arguments".to_owned(), |name| format!("`{name}`"))
}

fn list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
