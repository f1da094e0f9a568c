//! The client against servers on loopback, sound and hostile ones.

mod answers;
mod connections;
mod hostile;
mod origins;
mod requests;

use std::time::Duration;

use super::*;
use crate::edge::clock::SystemClock;
use crate::model::{Body, Header, Request, Secret};

use hostile::{Peer, Server};

/// Far more than any of these servers needs.
const PATIENT: Duration = Duration::from_secs(20);

fn client(server: &Server) -> Client {
    let confirmed = Confirmed {
        origins: vec![server.origin()],
    };
    Client::new(confirmed, Arc::new(SystemClock))
}

fn get(origin: Origin, target: &str) -> Call {
    Call {
        request: Request::new("GET", origin, target),
        pool: Pool(0),
        within: PATIENT,
    }
}

async fn ask(server: &Server) -> Heard {
    client(server).send(get(server.origin(), "/")).await
}

fn whole(heard: &Heard) -> &[u8] {
    match &heard.answer {
        Answer::Response(response) => match &response.body {
            Body::Whole(bytes) => bytes,
            Body::Cut(_, why) => panic!("cut: {why}"),
        },
        Answer::Silence(silence) => panic!("{silence}"),
    }
}

fn silence(heard: &Heard) -> &Silence {
    match &heard.answer {
        Answer::Silence(silence) => silence,
        Answer::Response(response) => panic!("an answer: {}", response.status),
    }
}

fn cut(heard: &Heard) -> (u16, &[u8], &str) {
    match &heard.answer {
        Answer::Response(response) => match &response.body {
            Body::Cut(bytes, why) => (response.status, bytes, why),
            Body::Whole(_) => panic!("whole"),
        },
        Answer::Silence(silence) => panic!("{silence}"),
    }
}

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
