//! Where a credential goes in a request: the standard's field, the profile's own form, query, form or cookie.

use serde_json::Value;

use crate::model::{Header, Request};
use crate::suite::profile::{Carrier, Door, Form};
use crate::suite::template::{Template, as_text};
use crate::wire::form;

use super::super::act::Trouble;
use super::super::bindings::Scope;
use super::super::form_body::add_form_parameter;
use super::Ready;
use super::basic::basic_of;

/// Puts it into the request. Whether it went in the standard form for want of a place in the profile's is told.
pub(super) fn carry(
    ready: &Ready,
    door: &Door,
    scope: &Scope<'_>,
    request: &mut Request,
) -> Result<bool, Trouble> {
    if ready.carrier == Carrier::Header
        && ready.name.is_none()
        && !ready.standard
        && let Some(form) = &door.form
    {
        return in_form(ready, form, scope, request);
    }
    let name = ready.name.clone();
    match ready.carrier {
        Carrier::Header => {
            let scheme = ready
                .scheme
                .as_ref()
                .map(|scheme| format!("{scheme}{}", ready.separator))
                .unwrap_or_default();
            let value = format!("{}{scheme}{}{}", ready.prefix, ready.value, ready.suffix);
            request.headers.push(Header::new(
                name.unwrap_or_else(|| "Authorization".to_owned()),
                value,
            ));
        }
        Carrier::Query => add_query(
            request,
            &name.unwrap_or_else(|| "access_token".to_owned()),
            &ready.value,
        ),
        Carrier::Form => {
            add_form_parameter(
                request,
                &name.unwrap_or_else(|| "access_token".to_owned()),
                &ready.value,
            );
        }
        Carrier::Cookie => {
            let pair = format!(
                "{}={}",
                name.unwrap_or_else(|| "access_token".to_owned()),
                ready.value
            );
            request.headers.push(Header::new("Cookie", pair));
        }
    }
    Ok(false)
}

/// The form that the profile gives; `${credential}` is the credential without its scheme.
fn in_form(
    ready: &Ready,
    form: &Form,
    scope: &Scope<'_>,
    request: &mut Request,
) -> Result<bool, Trouble> {
    let value = form.value.expand(&mut |path| {
        (path.root() == "credential")
            .then(|| Value::from(format!("{}{}", ready.value, ready.suffix)))
    });
    let value = value
        .map(|value| as_text(&value))
        .map_err(|why| format!("`${{{}}}` is not known here", why.0))?;
    let fixed = matches!(form.value, Template::Plain(_));
    let own = ready.scheme.as_deref().is_none_or(str::is_empty);
    if fixed && !own && !is_valid(ready, scope) {
        // a fixed credential has no place for another one: what differs goes in the standard's form
        let mut standard = Ready::new(
            ready.scheme.as_deref().unwrap_or_default(),
            ready.value.clone(),
        );
        standard.suffix.clone_from(&ready.suffix);
        standard.separator.clone_from(&ready.separator);
        let text = format!(
            "{}{}{}{}",
            ready.scheme.as_deref().unwrap_or_default(),
            standard.separator,
            standard.value,
            standard.suffix
        );
        request.headers.push(Header::new("Authorization", text));
        return Ok(true);
    }
    match form.carrier {
        Carrier::Header => request.headers.push(Header::new(form.name.clone(), value)),
        Carrier::Query => add_query(request, &form.name, &value),
        Carrier::Form => add_form_parameter(request, &form.name, &value),
        Carrier::Cookie => request
            .headers
            .push(Header::new("Cookie", format!("{}={value}", form.name))),
    }
    Ok(false)
}

fn is_valid(ready: &Ready, scope: &Scope<'_>) -> bool {
    let world = scope.world;
    let known = [&world.token, &world.bound, &world.certified];
    known
        .into_iter()
        .any(|token| token.as_deref() == Some(ready.value.as_str()))
        || basic_of("alice", scope).is_ok_and(|valid| valid.value == ready.value)
}

/// Adds a query parameter.
pub(in crate::exec) fn add_query(request: &mut Request, name: &str, value: &str) {
    let sign = if request.target.contains('?') {
        '&'
    } else {
        '?'
    };
    request.target = format!(
        "{}{sign}{}={}",
        request.target,
        form::encode_component(name),
        form::encode_component(value)
    );
}
