//! What an authorization request asks for: a code, tokens straight away, or both (OpenID Connect Core sections 3.1 to
//! 3.3, OAuth 2.0 Multiple Response Type Encoding Practices).

use crate::provider::parameters::Parameters;
use crate::provider::script::ResponseMode;

/// The parts of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ResponseType {
    pub(super) code: bool,
    pub(super) id_token: bool,
    pub(super) token: bool,
}

impl ResponseType {
    /// The words, in whatever order; none if one is unknown or stands twice.
    pub(super) fn of(parameters: &Parameters) -> Option<Self> {
        let mut found = Self::default();
        for word in parameters.get("response_type")?.split(' ') {
            let part = match word {
                "code" => &mut found.code,
                "id_token" => &mut found.id_token,
                "token" => &mut found.token,
                _ => return None,
            };
            if std::mem::replace(part, true) {
                return None;
            }
        }
        // a token alone says nothing about who logged in, and is asked for by nobody that is tested here
        (found.code || found.id_token).then_some(found)
    }

    /// How the answer travels where nothing is asked: tokens never in a query (Multiple Response Types section 5).
    pub(super) fn mode(self) -> ResponseMode {
        if self.id_token || self.token {
            ResponseMode::Fragment
        } else {
            ResponseMode::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_in_any_order_and_once() {
        for (asked, parts) in [
            ("code", Some((true, false, false))),
            ("id_token code", Some((true, true, false))),
            ("code id_token token", Some((true, true, true))),
            ("id_token token", Some((false, true, true))),
            ("token", None),
            ("code code", None),
            ("code password", None),
            ("", None),
        ] {
            let parameters =
                Parameters::parse(&format!("response_type={}", asked.replace(' ', "+")));
            let found = ResponseType::of(&parameters);
            let found = found.map(|found| (found.code, found.id_token, found.token));
            assert_eq!(found, parts, "{asked}");
        }
    }
}
