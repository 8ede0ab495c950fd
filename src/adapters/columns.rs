//! What both SQL adapters keep in columns, under the same names, and the one check that both make before they write.

use uuid::Uuid;

use crate::control::Control;
use crate::message::{Author, Visibility};
use crate::ports::Commit;
use crate::ticket::Line;

/// Who answers, in columns: the most frequent read takes no JSON apart.
pub(super) struct Holder {
    pub(super) name: &'static str,
    pub(super) ticket: Option<Uuid>,
    pub(super) teammate: Option<Uuid>,
    /// Microseconds since 1970, UTC.
    pub(super) until: Option<i64>,
}

impl From<Control> for Holder {
    fn from(control: Control) -> Self {
        let (name, teammate, until) = match control {
            Control::Ai => ("ai", None, None),
            Control::Queued { .. } => ("queued", None, None),
            Control::Human { teammate, .. } => ("human", Some(teammate), None),
            Control::Closed { teammate, until, .. } => ("closed", teammate, Some(until)),
        };
        Self {
            name,
            ticket: control.ticket().map(Uuid::from),
            teammate: teammate.map(Uuid::from),
            until: until.map(|until| until.timestamp_micros()),
        }
    }
}

/// One value a line, so that an index finds it with one comparison: whether it is for people, and the team if it is one's.
pub(super) fn line_column(line: Line) -> Vec<u8> {
    let mut column = vec![u8::from(line.is_for_people)];
    if let Some(team) = line.team {
        column.extend_from_slice(team.uuid().as_bytes());
    }
    column
}

/// The statements that look for an author's kind name it as it is here.
pub(super) fn author_columns(author: &Author) -> (&'static str, Option<Uuid>) {
    match *author {
        Author::Customer { id } => ("customer", Some(id.uuid())),
        Author::AiAgent => ("ai_agent", None),
        Author::Teammate { id } => ("teammate", Some(id.uuid())),
        Author::System => ("system", None),
    }
}

/// `None`: this version knows no such author.
pub(super) fn author(name: &str, of: Option<Uuid>) -> Option<Author> {
    match (name, of) {
        ("customer", Some(id)) => Some(Author::Customer { id: id.into() }),
        ("ai_agent", _) => Some(Author::AiAgent),
        ("teammate", Some(id)) => Some(Author::Teammate { id: id.into() }),
        ("system", _) => Some(Author::System),
        _ => None,
    }
}

pub(super) const fn visibility_column(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Public => "public",
        Visibility::Fact => "fact",
        Visibility::Note => "note",
    }
}

/// `None`: this version knows no such visibility.
pub(super) fn visibility(name: &str) -> Option<Visibility> {
    match name {
        "public" => Some(Visibility::Public),
        "fact" => Some(Visibility::Fact),
        "note" => Some(Visibility::Note),
        _ => None,
    }
}

/// What of `commit` is about another conversation: a fault of the caller that would harm another's data.
pub(super) fn misplaced(commit: &Commit) -> Option<&'static str> {
    let chosen = commit.placement.as_ref().map(|placement| &placement.event);
    if commit.ticket.as_ref().is_some_and(|ticket| ticket.place() != commit.place) {
        Some("ticket")
    } else if commit.events.iter().chain(chosen).any(|event| event.place() != commit.place) {
        Some("event")
    } else {
        None
    }
}
