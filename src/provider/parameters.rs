//! Parameters of a request: none may be repeated, and an empty one counts as left out (RFC 6749 section 3.1).

use crate::provider::answers::Refusal;
use crate::wire::form;

/// The parameters of a query or form.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(super) fn parse(text: &str) -> Self {
        Self(form::parse(text))
    }

    pub(super) fn of_body(body: &[u8]) -> Self {
        Self::parse(&String::from_utf8_lossy(body))
    }

    /// The value of a parameter; the first, if there are several.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, value)| known == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// These parameters where a name is given, and the others as they are.
    pub(super) fn overridden(self, by: Vec<(String, String)>) -> Self {
        let given = |name: &str| by.iter().any(|(known, _)| known == name);
        let mut pairs: Vec<_> = self
            .0
            .into_iter()
            .filter(|(name, _)| name != "request" && !given(name))
            .collect();
        pairs.extend(by);
        Self(pairs)
    }

    /// The value of a parameter that must be there.
    pub(super) fn need(&self, name: &str, missing: &'static str) -> Result<&str, Refusal> {
        self.get(name)
            .ok_or(Refusal::new("invalid_request", missing))
    }

    /// Whether the parameter is sent more than once.
    pub(super) fn repeats(&self, name: &str) -> bool {
        self.0.iter().filter(|(known, _)| known == name).count() > 1
    }

    /// A refusal if any parameter is sent twice.
    pub(super) fn once_each(&self) -> Result<(), Refusal> {
        let mut names: Vec<&str> = self.0.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        if names.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(Refusal::new("invalid_request", "a parameter is repeated"));
        }
        Ok(())
    }
}
