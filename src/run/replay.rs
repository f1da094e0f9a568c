//! A recorded case, judged once more by today's suite: by the same rules as the run, and without a target.
//!
//! It never says more than the run could: where an expectation needs what redaction took out, or the suite asks
//! something else today, nothing is said.

use std::sync::Arc;
use std::time::Duration;

use crate::exec::act::{End, Trouble};
use crate::exec::execution::{Control, Execution, Replay, Turn};
use crate::exec::taken::{Taken, TakenOf};
use crate::exec::world::World;
use crate::matcher::Identity;
use crate::model::recorded::{self, Asked, Came, Field, Hidden, Kept, Lacked, Recorded};
use crate::model::{
    Answer, Body, Capability, CaseOutcome, Exchange, Header, Hop, Moment, Origin, Outcome, Request,
    Response, RunEvent, Silence, Vault, Verdict,
};
use crate::suite::model::Case;
use crate::suite::profile::Profile;

use super::bare::departure_alone;
use super::in_force::reduce;
use super::outcome::Outcomes;
use super::plan::Job;
use super::record::path;
use super::redact;
use super::runner::{Lack, Ran};
use super::said::{Hides, Mute};

/// What messages may be of: HTTP, or the first of a TLS handshake.
const VERSIONS: [&str; 4] = ["HTTP/1.1", "HTTP/1.0", "HTTP/2", "TLS"];

/// What a case and its riders come to, by what was recorded. `then` is what the run said of the case; the standards
/// `in_force` are those that the run judged by, beside those that always are.
///
/// # Errors
/// Why it can't be judged.
pub fn judge(
    case: &Case,
    then: &CaseOutcome,
    record: &Recorded,
    in_force: &[String],
    profile: &Arc<Profile>,
) -> Result<Vec<CaseOutcome>, String> {
    if record.form != Recorded::FORM {
        return Err(format!(
            "it was recorded in form {}, and this program reads form {}",
            record.form,
            Recorded::FORM
        ));
    }
    let lacks = capabilities(&record.lacks)?;
    let mut case = case.clone();
    reduce(&mut case, record.own_scheme, &|word| {
        in_force.iter().any(|one| one == word)
    });
    if !lacks.is_empty() {
        let alone = departure_alone(&case, &lacks);
        case = alone.ok_or("its departure does not stand alone today, as it did in the run")?;
    }
    if path(&case) != record.path {
        return Err("its suite asks something else today than the run did".to_owned());
    }
    if case.expectations().next().is_none() {
        return Err("no standard that it rests on was in force in the run".to_owned());
    }
    let (replay, taken) = read(record)?;
    let mut world = World::new(Arc::clone(profile));
    world.recorded_origins.clone_from(&record.origins);
    world.taken = Some(taken);
    let case = Arc::new(case);
    let mut execution = Execution::new(
        Arc::clone(&case),
        Control::Case,
        Arc::new(world),
        None,
        [0; 32],
    );
    execution.replay(replay);
    let (ended, riders) = execution.end();
    let ran = Ran {
        transcript: std::mem::take(&mut execution.transcript),
        vault: Vault::default(),
        ended,
        riders,
        requests: 0,
        took: Duration::ZERO,
        idle: false,
        proofs: Vec::new(),
        went_standard: false,
        log: None,
    };
    let job = Job {
        index: 0,
        case: Arc::clone(&case),
        door: None,
        id: then.id.clone(),
        lacks,
    };
    let mut outcomes = settled(&job, ran, record)?;
    for (at, outcome) in outcomes.iter_mut().enumerate() {
        // what was taken may have made the difference wherever nothing is shown to be broken
        if let Some(why) = execution.lost(at.checked_sub(1))
            && !matches!(outcome.verdict, Verdict::Fail(_))
        {
            outcome.verdict = Verdict::Inconclusive(why.clone());
            outcome.notes.clear();
        }
        outcome.departs.clone_from(&then.departs);
        outcome.evidence.clone_from(&then.evidence);
    }
    if let Some(host) = outcomes.first_mut() {
        host.requests = then.requests;
        host.took = then.took;
        host.record.clone_from(&then.record);
    }
    Ok(outcomes)
}

/// The verdicts, by what the run knew of twins and endpoint.
fn settled(job: &Job, ran: Ran, record: &Recorded) -> Result<Vec<CaseOutcome>, String> {
    let control = record.control.as_ref().map(lack).transpose()?;
    let mute = record.mute.as_ref().map(|(why, hides)| Mute {
        why: why.clone(),
        hides: match hides {
            Hidden::Passes => Hides::Passes,
            Hidden::Refusals => Hides::Refusals,
            Hidden::All => Hides::All,
        },
    });
    let mut said = Vec::new();
    let mut tell = |event| {
        if let RunEvent::CaseFinished(outcome) = event {
            said.push(*outcome);
        }
    };
    let mut outcomes = Outcomes::new(&mut tell, false);
    outcomes.judged(
        job,
        ran,
        control.map_or(Ok(()), Err),
        mute.as_ref(),
        record.anonymous,
        &Vault::default(),
    );
    drop(outcomes);
    Ok(said)
}

fn lack(lacked: &Lacked) -> Result<Lack, String> {
    Ok(match lacked {
        Lacked::Unproved(why) => Lack::Unproved(why.clone()),
        Lacked::NotApplicable(why) => Lack::NotApplicable(why.clone()),
        Lacked::Untouched(why) => Lack::Untouched(why.clone()),
        Lacked::Missing(all) => Lack::Missing(capabilities(all)?),
    })
}

fn capabilities(words: &[String]) -> Result<Vec<Capability>, String> {
    let known = |word: &String| {
        Capability::from_word(word).ok_or_else(|| format!("no capability is called `{word}`"))
    };
    words.iter().map(known).collect()
}

fn read(record: &Recorded) -> Result<(Replay, Taken), String> {
    let mut transcript = Vec::with_capacity(record.exchanges.len());
    let mut taken = Vec::with_capacity(record.exchanges.len());
    for (seq, kept) in (0..).zip(&record.exchanges) {
        let (exchange, lost) = exchange(seq, kept)?;
        transcript.push(exchange);
        taken.push((seq, lost));
    }
    let turns = record.turns.iter().map(turn);
    let replay = Replay {
        transcript,
        turns: turns.collect::<Result<_, _>>()?,
        cut: record.cut.clone(),
        quiet: record.quiet,
        codes: record.codes,
    };
    Ok((replay, taken.into_iter().collect()))
}

fn moment(nanoseconds: u64) -> Moment {
    Moment(Duration::from_nanos(nanoseconds))
}

fn turn(turn: &recorded::Turn) -> Result<Turn, String> {
    let outcome = turn.outcome.as_ref().map(|word| {
        Outcome::from_word(word).ok_or_else(|| format!("no outcome is called `{word}`"))
    });
    let trouble = turn.trouble.clone().map(|(why, applies_not)| {
        if applies_not {
            Trouble::DoesNotApply(why)
        } else {
            Trouble::CannotBeDone(why)
        }
    });
    let who = turn
        .who
        .iter()
        .map(|(actor, who)| Ok((actor.clone(), identity(who)?)));
    let who: std::collections::BTreeMap<String, Identity> = who.collect::<Result<_, String>>()?;
    let asked = turn.step.and_then(|_| who.clone().into_iter().next());
    Ok(Turn {
        step: turn.step,
        range: turn.from..turn.to,
        at: moment(turn.at),
        ear: turn.ear,
        end: End {
            outcome: outcome.transpose()?,
            results: turn.results.clone(),
            missed: turn.missed.clone(),
            who: asked,
            trouble,
        },
        who,
        given: turn.given.clone(),
    })
}

fn identity((word, text): &recorded::Who) -> Result<Identity, String> {
    Ok(match word.as_str() {
        "nobody" => Identity::Nobody,
        "actor" => Identity::Actor(text.clone()),
        "stranger" => Identity::Stranger(text.clone()),
        "unclear" => Identity::Unclear(text.clone()),
        other => return Err(format!("nobody is logged in as `{other}`")),
    })
}

fn exchange(seq: u32, kept: &Kept) -> Result<(Exchange, TakenOf), String> {
    let hop = redact::HOPS
        .iter()
        .find(|hop| redact::hop(**hop) == kept.hop);
    let hop: Hop = *hop.ok_or_else(|| format!("nobody speaks as in `{}`", kept.hop))?;
    let mut lost = TakenOf {
        path: kept.asked.path.taken,
        query: kept.asked.query.taken,
        request_fields: names_lost(&kept.asked.fields),
        request_content: kept.asked.content.part.taken,
        same_query: kept.asked.same_query,
        same_form: kept.asked.content.same_form,
        ..TakenOf::default()
    };
    let answer = answer(&kept.came, &mut lost)?;
    let exchange = Exchange {
        seq,
        hop,
        actor: kept.actor.clone(),
        step: kept.step,
        request: request(&kept.asked),
        answer,
        at: moment(kept.at),
        took: Duration::from_nanos(kept.took),
    };
    Ok((exchange, lost))
}

fn names_lost(fields: &[Field]) -> Vec<String> {
    let lost = fields.iter().filter(|(_, value)| value.taken);
    lost.map(|(name, _)| name.to_ascii_lowercase()).collect()
}

fn headers(fields: &[Field]) -> Vec<Header> {
    let headers = fields.iter();
    headers
        .map(|(name, value)| Header::new(name.clone(), value.text.clone()))
        .collect()
}

fn request(asked: &Asked) -> Request {
    let (scheme, host, port) = asked.origin.clone();
    let origin = Origin { scheme, host, port };
    let target = format!("{}{}", asked.path.text, asked.query.text);
    let mut request = Request::new(asked.method.clone(), origin, target);
    request.headers = headers(&asked.fields);
    request.body = asked.content.part.text.clone().into_bytes();
    request
}

fn answer(came: &Came, lost: &mut TakenOf) -> Result<Answer, String> {
    match came {
        Came::Response(version, status, fields, content) => {
            lost.fields = names_lost(fields);
            lost.content = content.part.taken;
            lost.same_json = content.same_json;
            let bytes = content.part.text.clone().into_bytes();
            let version = VERSIONS.iter().find(|one| *one == version);
            Ok(Answer::Response(Response {
                version: version.ok_or("a response has no known version")?,
                status: *status,
                headers: headers(fields),
                body: match &content.cut {
                    None => Body::Whole(bytes),
                    Some(why) => Body::Cut(bytes, why.clone()),
                },
            }))
        }
        Came::Silence(word, why) => {
            let why = why.clone();
            Ok(Answer::Silence(match word.as_str() {
                "unreachable" => Silence::Unreachable(why),
                "closed" => Silence::Closed(why),
                "timed-out" => Silence::TimedOut,
                "not-sent" => Silence::NotSent,
                "malformed" => Silence::Malformed(why),
                "declined" => Silence::Declined(why),
                other => return Err(format!("no silence is called `{other}`")),
            }))
        }
    }
}
