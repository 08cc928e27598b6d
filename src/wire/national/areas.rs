//! The dictionary of areas: which areas are served, and how each writes codes that it names otherwise than
//! the nation does. Must never let a code of an unknown area through.

use super::Envelope;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Name and version of the dictionary's file.
pub const AREAS_SCHEMA: &str = "aftercare.areas/1";

/// Areas by their six-digit code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Areas {
    schema: String,
    areas: BTreeMap<String, Area>,
}

/// One area.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Area {
    /// Its name.
    pub name: String,
    /// By field: the area's own code, and the nation's.
    #[serde(default)]
    pub codes: BTreeMap<String, BTreeMap<String, String>>,
}

/// Which way codes are rewritten.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    ToNational,
    ToLocal,
}

impl Areas {
    /// A dictionary of one area that writes codes as the nation does.
    pub fn only(code: &str) -> Areas {
        let areas = BTreeMap::from([(code.to_owned(), Area::default())]);
        Areas { schema: AREAS_SCHEMA.to_owned(), areas }
    }

    /// Reads a dictionary.
    pub fn parse(text: &str) -> Result<Areas, String> {
        let areas: Areas = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if areas.schema != AREAS_SCHEMA {
            return Err(format!("schema is `{}`, expected `{AREAS_SCHEMA}`", areas.schema));
        }
        let wrong = areas.areas.keys().find(|code| !is_code(code));
        if let Some(code) = wrong {
            return Err(format!("area `{code}` is not six digits"));
        }
        let fields = areas.areas.values().flat_map(|area| area.codes.keys());
        for field in fields {
            if !matches!(field.as_str(), "med_type" | "insutype" | "psn_setlway") {
                return Err(format!(
                    "codes of `{field}` are not translated: med_type, insutype, psn_setlway are"
                ));
            }
        }
        Ok(areas)
    }

    /// Writes an envelope's codes as the nation does.
    pub fn to_national(&self, envelope: &mut Envelope) -> Result<(), String> {
        self.rewrite(envelope, Way::ToNational)
    }

    /// Writes an envelope's codes as its area does.
    pub fn to_local(&self, envelope: &mut Envelope) -> Result<(), String> {
        self.rewrite(envelope, Way::ToLocal)
    }

    fn rewrite(&self, envelope: &mut Envelope, way: Way) -> Result<(), String> {
        let place = self.area("mdtrtarea_admvs", &envelope.mdtrtarea_admvs)?;
        self.area("insuplc_admdvs", &envelope.insuplc_admdvs)?;
        let data = &mut envelope.input.data;
        let fields = [
            ("med_type", &mut data.med_type),
            ("insutype", &mut data.insutype),
            ("psn_setlway", &mut data.psn_setlway),
        ];
        for (field, value) in fields {
            let (Some(codes), Some(code)) = (place.codes.get(field), value.as_mut()) else {
                continue;
            };
            let found = match way {
                Way::ToNational => codes.get(code.as_str()),
                Way::ToLocal => codes.iter().find(|(_, to)| *to == code).map(|(from, _)| from),
            };
            if let Some(other) = found {
                code.clone_from(other);
            }
        }
        Ok(())
    }

    fn area(&self, field: &str, code: &str) -> Result<&Area, String> {
        let known = || self.areas.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        self.areas
            .get(code)
            .ok_or_else(|| format!("{field} `{code}` is not served; {} are", known()))
    }
}

fn is_code(code: &str) -> bool {
    code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit())
}
