//! The three faults that are no mistake of anyone: they show whether a case can fail at all. They
//! alone replace more than one decision.

use super::issuer::client::any_client;
use super::{Fault, ROW};
use crate::accounts::{self, accounts};
use crate::decisions::Decisions;
use crate::decisions::access::LastWord;
use crate::decisions::grant::Used;
use crate::decisions::jwt::Jwt;
use crate::tls::Choice;

const SPECIAL: Fault = Fault {
    role: "",
    groups: &["special"],
    ..ROW
};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "refuses-everything",
        what: "Every guarded request is refused, whoever asks.",
        models: "a server that is broken in the safe direction",
        install: |d| {
            d.access.last_word = LastWord::RefuseAll;
            // a version that nobody offered
            d.tls.before = |_| {
                Some(Choice {
                    version: 0,
                    suite: 0,
                })
            };
        },
        ..SPECIAL
    },
    Fault {
        name: "accepts-everything",
        what: "Whatever credential is offered is accepted; who offers nothing is refused.",
        models: "a check that always says yes",
        install: accept,
        ..SPECIAL
    },
    Fault {
        name: "open-door",
        what: "Nothing is guarded.",
        models: "a guard that was never attached",
        install: |d| {
            d.access.last_word = LastWord::Open;
            d.grant.introspection_asks = false;
        },
        ..SPECIAL
    },
];

fn accept(d: &mut Decisions) {
    d.access.last_word = LastWord::AcceptOffered;
    d.basic.matches = |offered| offered.account.or(accounts().first());
    d.basic.permitted = |_| Ok(());
    d.access.login = |name, _| accounts::find(name).or(accounts().first());
    d.places.owner = |_, _| true;
    d.places.operator = |_| true;
    d.places.origin = |_, _| true;
    d.places.heeds_disabled = false;
    d.places.heeds_new_password = false;
    accept_grants(d);
    accept_logins(d);
}

fn accept_grants(d: &mut Decisions) {
    let grant = &mut d.grant;
    grant.mutual.vouched = |_, _| true;
    grant.mutual.subject = |_, _| true;
    grant.mutual.registered = |_, _| true;
    grant.redirect_uri = |_, given| url::Url::parse(given).is_ok();
    grant.response_type = |_| true;
    grant.challenge = |_, _, _| true;
    grant.verifier = |_, _| true;
    grant.refuses_repeated = false;
    grant.own_form = |_, _, _, _| true;
    grant.never_issued = || accounts().first();
    grant.code_life = u64::MAX;
    grant.used_code = Used::Works;
    grant.code_client = |_, _| true;
    grant.code_redirect = |_, _| true;
    grant.client = any_client;
    grant.own_grant = |_| true;
    grant.used_refresh = Used::Works;
    grant.refresh_client = |_, _| true;
    grant.refresh_scope = |_, _| true;
    grant.may_have = |_, _| true;
    grant.password_grant = true;
    grant.reads_query = true;
    grant.token_by_get = true;
    grant.revokes = |_, _| true;
    grant.revokes_family = false;
    grant.introspects = |_, _| true;
    grant.introspection_checks = false;
    d.bearer.heeds_revocation = false;
}

fn accept_logins(d: &mut Decisions) {
    let client = &mut d.client;
    client.take = |browsers, browser, state| {
        let named = browsers
            .all()
            .find_map(|browser| browser.logins.get(state.unwrap_or_default()).cloned());
        let latest = browser
            .and_then(|browser| browsers.get_mut(browser))
            .and_then(|browser| browser.logins.values().next().cloned());
        Some(named.or(latest).unwrap_or_default())
    };
    client.coherent = |answer| !answer.is_empty();
    client.answered_by = |_, _, _| true;
    client.token_type = |_| true;
    client.algorithm = |_, _| true;
    client.nonce_matches = |_, _| true;
    client.authorized_party = |_, _| true;
    client.at_hash = |_, _| true;
    client.same_subject = |_, _| true;
    client.may_log_out = |_, _| true;
    client.ends_session = false;
    client.renews_session = false;
    client.id_token = Jwt {
        unsecured: |_, _| true,
        issuer: |_, _| Ok(true),
        critical: |_| Ok(()),
        kind: |_| Ok(()),
        replicated: |_, _| Ok(()),
        audience: |_, _| Ok(()),
        expiry: |_, _| Ok(()),
        not_before: |_, _| Ok(()),
        issued_at: |_, _| Ok(()),
        ..client.id_token.clone()
    };
}
