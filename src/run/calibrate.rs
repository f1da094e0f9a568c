//! What yes and no look like at each guarded endpoint, learned before any case: without a credential, with the valid
//! one, and both again.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::exec::execution::{Control, Execution};
use crate::exec::outcome::{Kind, Oracle, sent_claims, unjudged};
use crate::exec::world::World;
use crate::model::{Answer, Exchange, Outcome, Response, Silence, Vault};
use crate::suite::model::Hold;
use crate::suite::profile::{Door, Scheme};
use crate::suite::template::Template;

use super::drive::{Ports, drive};
use super::port::Pool;
use super::probe::probe;

/// What calibration of an endpoint came to.
pub enum Learned {
    /// It tells yes from no.
    Tells(Box<Oracle>),
    /// It can be asked only without a credential.
    Anonymous(Box<Oracle>),
    /// A request without credential gets the protected content: always, or only behind a good one.
    Open {
        /// What was seen, in words.
        what: String,
        /// Only the second anonymous request got it: a cache or the server's state leaks.
        leaked: bool,
        /// The exchanges that show it.
        evidence: Vec<Exchange>,
    },
    /// Nothing can pass there, and why. What the refusal itself shows can still be judged.
    Mute {
        /// In words, with the profile entry to check.
        why: String,
        /// The four exchanges.
        evidence: Vec<Exchange>,
        /// Nobody answered at all.
        dead: bool,
        /// What a request without credential gets is a refusal, whose form can be judged.
        refuses: bool,
    },
}

/// What calibration of an endpoint learned, and what came with it.
pub struct Calibrated {
    /// What it came to.
    pub learned: Learned,
    /// Secrets that came.
    pub vault: Vault,
    /// Requests sent.
    pub requests: u32,
    /// The status of each answer, without a credential first.
    pub statuses: Vec<u16>,
    /// Seconds by which the target's clock is ahead, if it said (RFC 9110 section 6.6.1).
    pub skew: Option<i64>,
    /// It asked for a nonce of its own in the proof (RFC 9449 section 9).
    pub asked_nonce: bool,
}

/// Asks every guarded endpoint, one after the other.
pub async fn every(world: &Arc<World>, ports: &Ports) -> Vec<(Door, Calibrated)> {
    let mut all = Vec::new();
    for door in &world.profile.doors {
        let calibrated = calibrate(door, world, ports, ports.chance.bytes()).await;
        all.push((door.clone(), calibrated));
    }
    all
}

/// Asks an endpoint four times.
pub async fn calibrate(
    door: &Door,
    world: &Arc<World>,
    ports: &Ports,
    seed: [u8; 32],
) -> Calibrated {
    let with_credential = world.profile.has_valid(door);
    let words: &[&str] = if with_credential {
        &["none", "valid", "none", "valid"]
    } else {
        &["none"]
    };
    let credentials: Vec<Value> = words.iter().copied().map(Value::from).collect();
    let (mut execution, mut requests) = ask(door, &credentials, world, ports, seed).await;
    let mut vault = execution.vault.clone();
    let all = std::mem::take(&mut execution.transcript);
    let sent = all.len();
    let exchanges = last_of_each(all);
    let asked_nonce = exchanges.len() < sent;
    let skew = exchanges.iter().find_map(skew_of);
    let answers = exchanges.iter().map(|exchange| &exchange.answer);
    let statuses = answers.filter_map(|answer| Some(answer.response()?.status));
    let statuses = statuses.collect();
    let mut learned = if exchanges.len() == credentials.len() {
        learn(door, &exchanges)
    } else {
        let why = match execution.end().0 {
            crate::exec::execution::Ended::Inconclusive(why) => why,
            _ => "the endpoint could not be asked".to_owned(),
        };
        Learned::Mute {
            why,
            evidence: exchanges,
            dead: false,
            refuses: true,
        }
    };
    if let (Learned::Tells(oracle), Some(standard)) = (&mut learned, standard_form(door)) {
        let (execution, further) = ask(door, &[standard], world, ports, seed).await;
        requests += further;
        vault.absorb(&execution.vault);
        let opened = |exchange| oracle.classify(exchange) == Outcome::Accepted;
        let opens = execution.transcript.first().is_some_and(opened);
        oracle.standard_form_opens = opens;
    }
    Calibrated {
        learned,
        vault,
        requests,
        statuses,
        skew,
        asked_nonce,
    }
}

/// A request that was sent once more with a nonce counts as one.
fn last_of_each(exchanges: Vec<Exchange>) -> Vec<Exchange> {
    let mut last: Vec<Exchange> = Vec::with_capacity(exchanges.len());
    for exchange in exchanges {
        match last.last_mut() {
            Some(before) if before.step == exchange.step => *before = exchange,
            _ => last.push(exchange),
        }
    }
    last
}

fn skew_of(exchange: &Exchange) -> Option<i64> {
    let date = exchange.answer.response()?.first("date")?;
    Some(crate::wire::fields::http_date(&date)?.saturating_sub(exchange.at.unix()))
}

/// Asks with each of these credentials, one after the other.
async fn ask(
    door: &Door,
    credentials: &[Value],
    world: &Arc<World>,
    ports: &Ports,
    seed: [u8; 32],
) -> (Execution, u32) {
    let case = Arc::new(probe(door, credentials, &Hold::Any));
    let name = Some(door.name.as_str());
    let mut execution = Execution::new(case, Control::Case, Arc::clone(world), name, seed);
    let within = world.profile.limits.case_time;
    let requests = drive(&mut execution, ports, Pool(0), within, false).await;
    (execution, requests)
}

/// The good credential in the standard form, where the profile gives a fixed one instead.
fn standard_form(door: &Door) -> Option<Value> {
    let form = door.form.as_ref()?;
    let scheme = match door.scheme {
        Scheme::Basic => "Basic",
        Scheme::Bearer => "Bearer",
        Scheme::Dpop | Scheme::Own => return None,
    };
    matches!(form.value, Template::Plain(_)).then(|| json!({ "valid": { "scheme": scheme } }))
}

fn learn(door: &Door, exchanges: &[Exchange]) -> Learned {
    let mute = |why: String, dead: bool| Learned::Mute {
        why,
        evidence: exchanges.to_vec(),
        dead,
        refuses: true,
    };
    for exchange in exchanges {
        if let Some(outcome) = unjudged(&exchange.answer) {
            let what = crate::exec::act::missed(outcome, Some(&exchange.answer));
            let dead = outcome == Outcome::Unreachable;
            let hint = match &exchange.answer {
                Answer::Silence(Silence::Declined(_)) => {
                    " (profile: `tls: { client-certificate: { pem-file: ..., key-file: ... } }`)"
                }
                _ => "",
            };
            return mute(
                format!(
                    "{} {} {what}{hint}",
                    exchange.request.method,
                    exchange.request.url()
                ),
                dead,
            );
        }
    }
    let responses: Vec<&Response> = exchanges
        .iter()
        .filter_map(|exchange| exchange.answer.response())
        .collect();
    match responses.as_slice() {
        [anonymous] => without_credential(door, anonymous, exchanges),
        [first, good, second, again] => compare(door, exchanges, [first, good, second, again]),
        _ => mute("the endpoint did not answer four times".to_owned(), false),
    }
}

fn without_credential(door: &Door, anonymous: &Response, exchanges: &[Exchange]) -> Learned {
    if (200..300).contains(&anonymous.status) {
        let why = format!(
            "`{}` answers {} without a credential, and no valid one is known to compare with (profile: basic:, token:, login:, grant: or key:)",
            door.name, anonymous.status
        );
        return Learned::Mute {
            why,
            evidence: exchanges.to_vec(),
            dead: false,
            refuses: false,
        };
    }
    if matches!(anonymous.status, 404 | 405 | 410 | 501) {
        let why = format!(
            "nothing tells that `{}` is guarded: without a credential it answers {}; is the address right? (a valid credential would tell: basic:, token:, login:, grant: or key:)",
            door.name, anonymous.status
        );
        return Learned::Mute {
            why,
            evidence: exchanges.to_vec(),
            dead: false,
            refuses: false,
        };
    }
    let oracle = Oracle {
        good: None,
        anonymous: Some(anonymous.clone()),
        rule: door.accepted.clone(),
        standard_form_opens: false,
    };
    Learned::Anonymous(Box::new(oracle))
}

fn compare(
    door: &Door,
    exchanges: &[Exchange],
    [first, good, second, again]: [&Response; 4],
) -> Learned {
    let mute = |why: String| Learned::Mute {
        why,
        evidence: exchanges.to_vec(),
        dead: false,
        refuses: true,
    };
    if door.accepted.is_some() {
        return by_rule(door, exchanges, first);
    }
    if good.status >= 400 || again.status >= 400 {
        return mute(format!(
            "the good credential does not work at `{}`: status {} (check the credential in the profile, or give the form in which the API takes it: `credential: {{ value: ... }}`)",
            door.name,
            good.status.max(again.status)
        ));
    }
    let Some(kind) = Kind::of(good, again) else {
        return mute(format!(
            "two good answers of `{}` are of different kinds (status {} and {}); say what counts as accepted: `accepted: {{ status: {} }}`",
            door.name, good.status, again.status, good.status
        ));
    };
    let kind = kind.echoing(&exchanges.get(1).and_then(sent_claims).unwrap_or_default());
    if kind.content.is_anything() {
        return mute(format!(
            "two good answers of `{}` have nothing in common, so that a good one can't be told; say what counts as accepted: `accepted: {{ body: {{ contains: \"text that every good answer has\" }} }}`",
            door.name
        ));
    }
    let same = |anonymous: &Response| {
        kind.is(anonymous, false) && !differs_steadily(anonymous, good, again)
    };
    let open = |what: &str, leaked| Learned::Open {
        what: format!("`{}` {what}", door.name),
        leaked,
        evidence: exchanges.to_vec(),
    };
    if same(first) {
        return open(
            "gives a request without credential what it gives a good one",
            false,
        );
    }
    if same(second) {
        return open(
            "gave a request without credential the protected content, once a good one had been answered",
            true,
        );
    }
    let both_2xx = (200..300).contains(&first.status) && (200..300).contains(&good.status);
    if both_2xx && !kind.both_say_no(first, second) {
        return mute(difference(door, first, good));
    }
    Learned::Tells(Box::new(Oracle {
        good: Some(kind),
        anonymous: Some(first.clone()),
        rule: None,
        standard_form_opens: false,
    }))
}

/// Whether the anonymous content is of the good kind in shape alone: two good answers are equal, this one is not.
fn differs_steadily(anonymous: &Response, good: &Response, again: &Response) -> bool {
    good.body.bytes() == again.body.bytes() && anonymous.body.bytes() != good.body.bytes()
}

fn by_rule(door: &Door, exchanges: &[Exchange], anonymous: &Response) -> Learned {
    let oracle = Oracle {
        good: None,
        anonymous: Some(anonymous.clone()),
        rule: door.accepted.clone(),
        standard_form_opens: false,
    };
    let outcomes: Vec<Outcome> = exchanges
        .iter()
        .map(|exchange| oracle.classify(exchange))
        .collect();
    let accepted: Vec<bool> = outcomes
        .iter()
        .map(|outcome| *outcome == Outcome::Accepted)
        .collect();
    match accepted.as_slice() {
        [false, true, false, true] => Learned::Tells(Box::new(oracle)),
        [true, true, ..] => Learned::Open {
            what: format!(
                "`{}` gives a request without credential what it gives a good one, by the profile's `accepted:`",
                door.name
            ),
            leaked: false,
            evidence: exchanges.to_vec(),
        },
        [false, true, true, _] => Learned::Open {
            what: format!(
                "`{}` gave a request without credential the protected content, once a good one had been answered",
                door.name
            ),
            leaked: true,
            evidence: exchanges.to_vec(),
        },
        _ => Learned::Mute {
            why: format!(
                "by the profile's `accepted:` the good credential does not work at `{}`",
                door.name
            ),
            evidence: exchanges.to_vec(),
            dead: false,
            refuses: true,
        },
    }
}

/// Where two 2xx answers differ, and the line of the profile that would tell them apart.
fn difference(door: &Door, anonymous: &Response, good: &Response) -> String {
    let members =
        |response: &Response| match crate::wire::json::parse_lenient(response.body.bytes()) {
            Some(Value::Object(map)) => map.keys().cloned().collect::<Vec<_>>(),
            _ => Vec::new(),
        };
    let (with, without) = (members(good), members(anonymous));
    let only_good = with.iter().find(|name| !without.contains(name));
    let only_bad = without.iter().find(|name| !with.contains(name));
    let (what, line) = match (only_good, only_bad) {
        (Some(name), _) => (
            format!("only the good answer has `{name}`"),
            format!("accepted: {{ json: {{ /{name}: present }} }}"),
        ),
        (None, Some(name)) => (
            format!("only the other one has `{name}`"),
            format!(
                "accepted: {{ status: {}, json: {{ /{name}: absent }} }}",
                good.status
            ),
        ),
        (None, None) => (
            format!(
                "{} and {} bytes",
                good.body.bytes().len(),
                anonymous.body.bytes().len()
            ),
            "accepted: { body: { contains: \"text that only the protected content has\" } }"
                .to_owned(),
        ),
    };
    format!(
        "`{}` answers {} with and without a credential, and only the content differs ({what}); say what counts as accepted: `{line}`",
        door.name, good.status,
    )
}
