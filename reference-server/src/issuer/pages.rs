//! The pages that a user sees. No script, no style, nothing from elsewhere.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;

use super::store::Pending;
use crate::answer;
use crate::state::Server;

/// The login form.
pub(crate) fn login(
    server: &Server,
    name: &str,
    pending: &Pending,
    failed: bool,
    known: bool,
) -> Response {
    let escape = server.decisions.grant.escape;
    let why = (server.decisions.grant.front.failed_login)(known);
    let notice = if failed {
        format!("<p role=\"alert\">{why}</p>\n")
    } else {
        String::new()
    };
    let main = format!(
        "<h1>Log in</h1>\n<p>{client} asks you to log in.</p>\n{notice}\
         <form method=\"post\" action=\"/as/login\">\n\
         <input type=\"hidden\" name=\"request\" value=\"{name}\">\n\
         <input type=\"hidden\" name=\"csrf\" value=\"{form}\">\n\
         <p><label>User name <input name=\"username\" value=\"{hint}\" autocomplete=\"username\" required></label></p>\n\
         <p><label>Password <input type=\"password\" name=\"password\" autocomplete=\"current-password\" required></label></p>\n\
         <p><button type=\"submit\">Log in</button></p>\n</form>",
        client = escape(pending.asked.client.id),
        form = pending.form,
        hint = escape(pending.asked.hint.as_deref().unwrap_or_default()),
    );
    let status = if failed {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    page(server, status, "Log in", &main)
}

/// The consent form.
pub(crate) fn consent(server: &Server, name: &str, pending: &Pending, user: &str) -> Response {
    let escape = server.decisions.grant.escape;
    let front = &server.decisions.grant.front;
    let scope = (front.shown_scope)(&pending.asked);
    let plain = |value: &str| value.to_owned();
    let escape_scope = if front.escapes_scope { escape } else { plain };
    let scopes: String = scope
        .split(' ')
        .map(|value| format!("<li>{}</li>\n", escape_scope(value)))
        .collect();
    let details = details(server, pending);
    let main = format!(
        "<h1>Allow access</h1>\n<p>{client} asks for access on behalf of {user}:</p>\n<ul>\n{scopes}{details}</ul>\n\
         <form method=\"post\" action=\"/as/consent\">\n\
         <input type=\"hidden\" name=\"request\" value=\"{name}\">\n\
         <input type=\"hidden\" name=\"csrf\" value=\"{form}\">\n\
         <p><button type=\"submit\" name=\"decision\" value=\"allow\">Allow</button>\n\
         <button type=\"submit\" name=\"decision\" value=\"deny\">Deny</button></p>\n</form>",
        client = escape(pending.asked.client.id),
        user = escape(user),
        form = pending.form,
    );
    page(server, StatusCode::OK, "Allow access", &main)
}

/// What is asked for in detail, a line each.
fn details(server: &Server, pending: &Pending) -> String {
    let rules = &server.decisions.grant;
    let write = |text: &str| match rules.details.escapes {
        true => (rules.escape)(text),
        false => text.to_owned(),
    };
    let line = |entry: &Value| {
        let actions: Vec<&str> = entry["actions"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let name = |member: &str| entry[member].as_str().unwrap_or_default().to_owned();
        let text = format!(
            "{} {} {}",
            name("type"),
            actions.join(" and "),
            name("identifier")
        );
        format!("<li>{}</li>\n", write(text.trim()))
    };
    pending.asked.extra.details.iter().map(line).collect()
}

/// Where the user of a device types its code, compares it and logs in.
pub(crate) fn device(server: &Server, code: &str) -> Response {
    let escape = server.decisions.grant.escape;
    let main = format!(
        "<h1>Connect a device</h1>\n<p>Is this the code that your device shows?</p>\n\
         <form method=\"post\" action=\"/as/device/confirm\">\n\
         <p><label>Code <input name=\"user_code\" value=\"{code}\" autocomplete=\"off\" required></label></p>\n\
         <p><label>User name <input name=\"username\" autocomplete=\"username\" required></label></p>\n\
         <p><label>Password <input type=\"password\" name=\"password\" autocomplete=\"current-password\" required></label></p>\n\
         <p><button type=\"submit\">Log in</button></p>\n</form>",
        code = escape(code),
    );
    page(server, StatusCode::OK, "Connect a device", &main)
}

/// What the user of a device agrees to.
pub(crate) fn confirm_device(
    server: &Server,
    client: &str,
    code: &str,
    scope: &str,
    mark: &str,
) -> Response {
    let escape = server.decisions.grant.escape;
    let main = format!(
        "<h1>Connect a device</h1>\n<p>A device{said} asks for {scope} in the name of {client}.</p>\n\
         <form method=\"post\" action=\"/as/device/confirm\">\n\
         <input type=\"hidden\" name=\"user_code\" value=\"{code}\">\n\
         <input type=\"hidden\" name=\"confirms\" value=\"{mark}\">\n\
         <p><button type=\"submit\" name=\"decision\" value=\"allow\">Allow</button>\n\
         <button type=\"submit\" name=\"decision\" value=\"deny\">Deny</button></p>\n</form>",
        said = match server.decisions.grant.device.shows_code {
            true => format!(" with the code {}", escape(code)),
            false => String::new(),
        },
        code = escape(code),
        scope = escape(scope),
        client = escape(client),
    );
    page(server, StatusCode::OK, "Connect a device", &main)
}

/// What the user is told where nobody else can be.
pub(crate) fn error(server: &Server, status: StatusCode, reason: &str) -> Response {
    let main = format!("<h1>This can't go on</h1>\n<p>{reason}</p>");
    page(server, status, "Error", &main)
}

fn page(server: &Server, status: StatusCode, title: &str, main: &str) -> Response {
    let head = server.decisions.grant.front.page_head;
    let text = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n{head}</head>\n\
         <body>\n<main>\n{main}\n</main>\n</body>\n</html>\n"
    );
    let mut response = answer::html(status, text);
    (server.decisions.grant.page)(&mut response);
    response
}
