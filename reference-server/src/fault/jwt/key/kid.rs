//! Mistakes with `kid`: it is looked up where its text means something.

use serde_json::Value;

use super::super::super::{Fault, ROW, resolved};
use super::{Problem, alg, is_hmac, kid, right};
use crate::keys::Key;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "jwt-kid-is-its-own-secret",
        what: "Under HS256 the kid itself is the secret.",
        models: "CWE-321, a key look-up that gives back its argument",
        breaks: &["RFC8725-3.5-1", "RFC7515-5.2-1"],
        install: |d| {
            d.jwt.select = |header, keys| match kid(header) {
                Some(kid) if is_hmac(header) => Ok(vec![Key::secret(kid.as_bytes())]),
                _ => right::select(header, keys),
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-kid-is-a-file-name",
        what: "The HMAC key is the file that kid names below the folder of keys.",
        models: "CWE-22, key files looked up by kid",
        breaks: &["RFC7515-4.1.4-1", "RFC8725-3.10-1", "CWE-22"],
        install: |d| {
            d.jwt.select = |header, keys| {
                let named = kid(header).map(|kid| resolved(&format!("/srv/api/keys/{kid}")));
                match named.as_deref() {
                    Some("/dev/null") if is_hmac(header) => Ok(vec![Key::secret(b"")]),
                    _ => right::select(header, keys),
                }
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-kid-is-pasted-into-sql",
        what: "The HMAC key is what a query with kid pasted into it finds.",
        models: "CWE-89",
        breaks: &["RFC7515-4.1.4-1", "RFC8725-3.10-1", "CWE-89", "CWE-755"],
        install: |d| {
            d.jwt.select = |header, keys| match kid(header).map(query) {
                Some(Row::Found(key)) if is_hmac(header) => Ok(vec![Key::secret(key.as_bytes())]),
                Some(Row::SyntaxError) => Err(Problem::Broken),
                _ => right::select(header, keys),
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-kid-unknown-takes-any-key",
        what: "A kid that no key has falls back to whatever key fits.",
        models: "find(kid) ?? keys[0]",
        breaks: &["RFC7515-4.1.4-1"],
        install: |d| {
            d.jwt.select = |header, keys| {
                let found = right::select(header, keys).unwrap_or_default();
                if found.is_empty() {
                    let fits = |key: &&Key| Some(key.algorithm()) == alg(header);
                    return Ok(keys.iter().filter(fits).cloned().collect());
                }
                Ok(found)
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-kid-case-ignored",
        what: "kid is compared without its case.",
        models: "RFC 7517 section 4.5",
        breaks: &["RFC7517-4.5-2"],
        install: |d| {
            d.jwt.select = |header, keys| {
                let same = |key: &&Key| {
                    key.kid()
                        .zip(kid(header))
                        .is_some_and(|(left, right)| left.eq_ignore_ascii_case(right))
                };
                match keys.iter().find(same) {
                    Some(key) => Ok(vec![key.clone()]),
                    None => right::select(header, keys),
                }
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-500-on-odd-kid",
        what: "A kid that is no text is an unhandled error.",
        models: "CWE-843",
        breaks: &["CWE-755", "RFC7515-4.1.4-1"],
        install: |d| {
            d.jwt.select = |header, keys| match header.get("kid") {
                Some(Value::String(_)) | None => right::select(header, keys),
                Some(_) => Err(Problem::Broken),
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-kid-runs-in-a-shell",
        what: "The HMAC key is what a shell prints for `cat keys/{kid}`.",
        models: "CWE-78, key files read by a command",
        breaks: &["RFC7515-4.1.4-1", "RFC8725-3.10-1", "CWE-78"],
        install: |d| {
            d.jwt.select = |header, keys| match kid(header).and_then(printed) {
                Some(found) if is_hmac(header) => Ok(vec![Key::secret(found.as_bytes())]),
                _ => right::select(header, keys),
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-kid-runs-unseen",
        what: "A shell runs what stands in kid, and what it prints is not used.",
        models: "CWE-78, a log line written by a command",
        breaks: &["RFC7515-4.1.4-1", "RFC8725-3.10-1", "CWE-78"],
        install: |d| {
            d.jwt.asks = |header, _| {
                let command = kid(header).and_then(injected).unwrap_or_default();
                let mut words = command.split_whitespace();
                let fetches = words
                    .next()
                    .is_some_and(|name| ["curl", "wget"].contains(&name));
                let address = words.find(|word| word.starts_with("http"));
                address
                    .filter(|_| fetches)
                    .map(str::to_owned)
                    .into_iter()
                    .collect()
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-kid-in-an-ldap-filter",
        what: "kid is pasted into an LDAP filter, and a filter that can't be parsed is an unhandled error.",
        models: "CWE-90",
        breaks: &["RFC7515-4.1.4-1", "RFC8725-3.10-1", "CWE-755"],
        install: |d| {
            d.jwt.select = |header, keys| {
                let filter = format!(
                    "(&(objectClass=key)(cn={}))",
                    kid(header).unwrap_or_default()
                );
                if balanced(&filter) {
                    return right::select(header, keys);
                }
                Err(Problem::Broken)
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-500-on-inherited-kid",
        what: "Keys are members of an object that inherits others, and what isn't a key is used as one.",
        models: "CWE-1321, keys[header.kid].publicKey in JavaScript",
        breaks: &["CWE-755", "RFC7515-4.1.4-1"],
        install: |d| {
            d.jwt.select = |header, keys| match kid(header) {
                Some(name) if INHERITED.contains(&name) => Err(Problem::Broken),
                _ => right::select(header, keys),
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-kid-demanded",
        what: "A token without kid is refused, though one key alone fits.",
        models: "header.kid ?? throw",
        breaks: &["CWE-697"],
        install: |d| {
            d.jwt.select = |header, keys| {
                right::ensure(header.contains_key("kid"))?;
                right::select(header, keys)
            };
        },
        ..ROW
    },
    Fault {
        name: "jwt-unknown-kid-is-malformed",
        what: "A kid that no key has is answered as a malformed request, a wrong signature as an invalid token.",
        models: "CWE-203, a look-up that throws another error than the verifier",
        breaks: &["CWE-203"],
        install: |d| {
            d.jwt.select = |header, keys| {
                let known = |key: &Key| key.kid().is_some() && key.kid() == kid(header);
                if kid(header).is_some() && !keys.iter().any(known) {
                    return Err(Problem::InvalidRequest);
                }
                right::select(header, keys)
            };
        },
        ..ROW
    },
];

/// What every object of JavaScript has.
const INHERITED: [&str; 8] = [
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toLocaleString",
    "toString",
    "valueOf",
];

/// What a query with a value pasted between quotes gives.
enum Row {
    None,
    Found(String),
    SyntaxError,
}

/// `SELECT key FROM keys WHERE kid = '{kid}'`.
fn query(kid: &str) -> Row {
    match union_select(kid) {
        Some(found) => Row::Found(found),
        None if kid.matches('\'').count() % 2 == 1 => Row::SyntaxError,
        None => Row::None,
    }
}

/// The command that a shell finds in an argument which isn't quoted.
fn injected(argument: &str) -> Option<&str> {
    let opened = ["$(", "`", ";", "|", "&&"]
        .into_iter()
        .find_map(|sign| argument.split_once(sign))?
        .1;
    let end = opened
        .find([')', '`', ';', '#', '|'])
        .unwrap_or(opened.len());
    opened.get(..end).map(str::trim)
}

/// What the injected command prints.
fn printed(argument: &str) -> Option<String> {
    let (name, text) = injected(argument)?.split_once(' ')?;
    ["printf", "echo"]
        .contains(&name)
        .then(|| text.trim().to_owned())
}

fn balanced(filter: &str) -> bool {
    let mut depth = 0_i32;
    let mut closed = false;
    for sign in filter.chars() {
        match sign {
            // nothing may stand behind the filter's own end
            '(' if closed => return false,
            '(' => depth += 1,
            ')' => {
                depth -= 1;
                closed = depth == 0;
            }
            _ => {}
        }
    }
    depth == 0
}

/// What `SELECT key FROM keys WHERE kid = '{kid}'` gives when a quote ends the value and a second
/// SELECT of a literal is joined on.
fn union_select(kid: &str) -> Option<String> {
    let (_, sql) = kid.split_once('\'')?;
    let upper = sql.to_ascii_uppercase();
    let at = upper.find("UNION")? + upper.get(upper.find("UNION")?..)?.find("SELECT")? + 6;
    let literal = sql.get(at..)?.trim_start().strip_prefix('\'')?;
    literal.split('\'').next().map(str::to_owned)
}
