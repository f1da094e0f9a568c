//! What a script of the client would remember from one answer and say in a later request: a CSRF token, a token of the
//! application's own. The profile names it; a browser without scripts would not get in there.

use crate::model::{Header, Request, Response};
use crate::suite::profile::{Endpoint, Kept};
use crate::suite::template::as_text;
use crate::wire::{form, json};

use super::super::act::{Context, Outgoing, request_for};
use super::super::form_body::FORM;
use super::super::page;

/// A request of a page of the client, with what the actor's browser remembers put in.
///
/// A field whose value was never kept is left out, as a script leaves it out before the login.
pub(in crate::exec) fn request(
    endpoint: &Endpoint,
    context: &Context<'_>,
) -> Result<Request, String> {
    let noted = |name: &str| {
        let jar = context.jars.get(context.actor)?;
        jar.noted(name).map(str::to_owned)
    };
    let mut filled = endpoint.clone();
    filled.target = put_in(&endpoint.target, "${", "}", form::encode_component, &noted)?;
    filled.headers = endpoint
        .headers
        .iter()
        .filter_map(|(name, value)| {
            let value = put_in(value, "${", "}", str::to_owned, &noted).ok()?;
            Some((name.clone(), value))
        })
        .collect();
    if let Some((body, media_type)) = &mut filled.body {
        *body = match media_type.as_str() {
            FORM => put_in(body, "%24%7B", "%7D", form::encode_component, &noted)?,
            "application/json" => put_in(body, "${", "}", in_json, &noted)?,
            _ => put_in(body, "${", "}", str::to_owned, &noted)?,
        };
    }
    let mut request = request_for(&filled);
    // browsers say where a request that may change something comes from (Fetch, "append a request Origin header")
    if !matches!(request.method.as_str(), "GET" | "HEAD")
        && request.header("origin").next().is_none()
    {
        let origin = request.origin.to_string();
        request.headers.push(Header::new("Origin", origin));
    }
    Ok(request)
}

/// Remembers what stands at these places of an answer; the error names the first that holds nothing.
pub(super) fn keep(
    places: &[(String, Kept)],
    sent: &Outgoing,
    response: &Response,
    context: &mut Context<'_>,
) -> Result<(), String> {
    let text = String::from_utf8_lossy(response.body.bytes()).into_owned();
    for (name, place) in places {
        let found = match place {
            Kept::Pointer(pointer) => json::parse_lenient(response.body.bytes())
                .and_then(|body| body.pointer(pointer).map(as_text)),
            Kept::Cookie(cookie) => {
                let jar = context.jar(&sent.actor);
                jar.value(&sent.request.origin, cookie).map(str::to_owned)
            }
            Kept::Element(selector) => page::value(&text, selector),
        };
        let found = found.ok_or_else(|| format!("the answer holds nothing to keep as `{name}`"))?;
        context.guard(&found, "kept value");
        context.jar(&sent.actor).note(name, found);
    }
    Ok(())
}

fn put_in(
    text: &str,
    open: &str,
    close: &str,
    coded: impl Fn(&str) -> String,
    noted: &dyn Fn(&str) -> Option<String>,
) -> Result<String, String> {
    let open = format!("{open}kept.");
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(&open) {
        let (name, behind) = after
            .split_once(close)
            .ok_or("a reference to a kept value is not closed")?;
        let value = noted(name).ok_or_else(|| format!("nothing was kept as `{name}`"))?;
        out.push_str(before);
        out.push_str(&coded(&value));
        rest = behind;
    }
    out.push_str(rest);
    Ok(out)
}

fn in_json(value: &str) -> String {
    let quoted = serde_json::Value::from(value).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_value_is_coded_for_its_place_and_read_for_no_more_references() {
        let noted = |name: &str| (name == "csrf").then(|| "a+b/\"${kept.csrf}".to_owned());
        let form = form::encode(&[("csrf".to_owned(), "${kept.csrf}".to_owned())]);
        let said = put_in(&form, "%24%7B", "%7D", form::encode_component, &noted);
        let sent = form::parse(&said.unwrap());
        assert_eq!(sent, [("csrf".to_owned(), noted("csrf").unwrap())]);
        let json = put_in(r#"{"t":"${kept.csrf}"}"#, "${", "}", in_json, &noted).unwrap();
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["t"], noted("csrf").unwrap());
        let missing = put_in("Bearer ${kept.token}", "${", "}", str::to_owned, &noted);
        assert_eq!(missing.unwrap_err(), "nothing was kept as `token`");
    }
}
