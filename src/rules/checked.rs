//! What is read from outside is checked as what is built.

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};

use super::{Deadlines, Idle, Limit, RouteRule, Rules, Triggers, Unanswered};

// `remote = "Self"` derives both as functions of the type itself; these are the traits' around them.
macro_rules! checked {
    ($($name:ident),*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                <$name>::serialize(self, serializer)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let read = <$name>::deserialize(deserializer)?;
                read.check().map_err(D::Error::custom)?;
                Ok(read)
            }
        }
    )*};
}

checked!(Deadlines, Idle, Limit, RouteRule, Rules, Triggers, Unanswered);
