//! Names of cases and requirements, as they are written everywhere: YAML, reports, command line.

use std::fmt;

/// The address of a case: `suite::case`, with `[row]` for a row of `for-each` and `/rider` for a rider.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CaseId(String);

impl CaseId {
    /// `suite` and `case` joined as they are addressed.
    pub fn new(suite: &str, case: &str) -> Self {
        Self(format!("{suite}::{case}"))
    }

    /// The address of a rider of this case.
    pub fn rider(&self, rider: &str) -> Self {
        Self(format!("{}/{rider}", self.0))
    }

    /// The address as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before `::`.
    pub fn suite(&self) -> &str {
        self.0.split("::").next().unwrap_or(&self.0)
    }

    /// The part after `::`: case, row and rider.
    pub fn case(&self) -> &str {
        self.0
            .split_once("::")
            .map_or(self.0.as_str(), |(_, case)| case)
    }

    /// The id without its `for-each` row (`[row]`): what counts as one case in every figure.
    pub fn without_row(&self) -> String {
        match (self.0.find('['), self.0.rfind(']')) {
            (Some(open), Some(close)) if open < close => {
                format!("{}{}", &self.0[..open], &self.0[close + 1..])
            }
            _ => self.0.clone(),
        }
    }
}

impl fmt::Display for CaseId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// An entry of the catalogue: standard, section and running number, such as `RFC7617-2-1`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequirementId(String);

impl RequirementId {
    /// An id as written; whether the catalogue has it is checked when a suite is compiled.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The standard in the profile's spelling: `rfc7617`, `oidc-core`, `oauth21`.
    pub fn standard(&self) -> String {
        let lower = self.0.to_ascii_lowercase();
        if lower.starts_with("oidc-core") {
            return "oidc-core".to_owned();
        }
        lower.split('-').next().unwrap_or(&lower).to_owned()
    }
}

impl fmt::Display for RequirementId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_left_out_of_the_counted_name() {
        let id = CaseId::new("jwt/keys", "hmac[form=der]").rider("words");
        assert_eq!(id.as_str(), "jwt/keys::hmac[form=der]/words");
        assert_eq!(id.without_row(), "jwt/keys::hmac/words");
        assert_eq!(
            (id.suite(), id.case()),
            ("jwt/keys", "hmac[form=der]/words")
        );
    }

    #[test]
    fn the_standard_is_the_part_before_the_section() {
        for (id, standard) in [
            ("RFC7617-2-1", "rfc7617"),
            ("OIDC-CORE-3.1.3.7-11", "oidc-core"),
            ("OAUTH21-5.1-2", "oauth21"),
        ] {
            assert_eq!(RequirementId::new(id).standard(), standard);
        }
    }
}
