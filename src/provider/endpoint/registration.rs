//! Registration (RFC 7591): every client gets an identifier, and back what it said of itself. The provider keeps nothing
//! of it, so that the client of the profile stays the one it knows.

use serde_json::{Map, Value, json};

use crate::model::Response;
use crate::provider::answers::{self, Refusal};
use crate::provider::script::Behaviour as _;
use crate::provider::{Call, Provider, Reply, issue};

pub(in crate::provider) fn answer(provider: &mut Provider, call: &Call<'_>) -> Reply {
    let twist = provider
        .play
        .turn("registration", |script| &script.registration);
    let twist = twist.unwrap_or_default();
    if let Some(reply) = twist.answer().outright(answers::JSON) {
        provider.play.bit("registration");
        return reply;
    }
    let honest = registered(call);
    let said = twist.answer().amend(honest.clone());
    if said != honest {
        provider.play.bit("registration");
    }
    Reply::Response(said)
}

fn registered(call: &Call<'_>) -> Response {
    let Ok(Value::Object(mut client)) = serde_json::from_slice(&call.request.body) else {
        return Refusal::new("invalid_client_metadata", "the content is no JSON object").response();
    };
    let issued = Map::from_iter([
        (
            "client_id".to_owned(),
            json!(issue::handle(&call.chance, "client")),
        ),
        (
            "client_secret".to_owned(),
            json!(issue::handle(&call.chance, "secret")),
        ),
        ("client_id_issued_at".to_owned(), json!(call.now.unix())),
        ("client_secret_expires_at".to_owned(), json!(0)),
    ]);
    client.extend(issued);
    answers::object(201, client)
}
