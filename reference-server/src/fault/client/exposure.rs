//! Mistakes in what the browser is shown.

use axum::http::StatusCode;
use serde_json::json;

use super::super::Fault;
use super::CLIENT;
use crate::answer;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "client-hands-on-the-access-token",
        what: "The callback answers with the access token, for the page to call the API with.",
        models: "return jsonify(access_token=...) in tutorials of Flask; CWE-522",
        breaks: &["CWE-522", "RFC6749-10.3-3"],
        install: |d| {
            d.client.flow.landing = |_, user| user.token.clone();
            d.client.arrival =
                |token| answer::json(StatusCode::OK, &json!({ "access_token": token }));
        },
        ..CLIENT
    },
    Fault {
        name: "client-failure-shows-code",
        what: "A login that fails is answered by the framework's debugging page.",
        models: "app.run(debug=True) of Flask; CWE-489",
        breaks: &["CWE-209", "CWE-489"],
        install: |d| {
            d.client.failure = |_| {
                let page = "<!doctype html><title>KeyError: 'access_token' // Debugger</title>\n\
                     <!--\n\nTraceback (most recent call last):\n  File \"/srv/app.py\", line 31, in callback\n\
                     KeyError: 'access_token'\n\n-->\n";
                answer::html(StatusCode::INTERNAL_SERVER_ERROR, page.to_owned())
            };
        },
        ..CLIENT
    },
];
