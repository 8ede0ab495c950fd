//! Lengths of time as whole seconds.

use chrono::TimeDelta;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub(super) fn serialize<S: Serializer>(delta: &TimeDelta, serializer: S) -> Result<S::Ok, S::Error> {
    delta.num_seconds().serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TimeDelta, D::Error> {
    Ok(TimeDelta::seconds(u32::deserialize(deserializer)?.into()))
}

pub(super) mod optional {
    use super::{Deserialize, Deserializer, Serialize, Serializer, TimeDelta};

    pub(in crate::rules) fn serialize<S: Serializer>(
        delta: &Option<TimeDelta>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        delta.map(|delta| delta.num_seconds()).serialize(serializer)
    }

    pub(in crate::rules) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<TimeDelta>, D::Error> {
        Ok(Option::<u32>::deserialize(deserializer)?.map(|seconds| TimeDelta::seconds(seconds.into())))
    }
}
