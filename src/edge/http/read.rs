//! Reading an answer within the limits, and the framing rules that hyper leaves to its caller.
//!
//! A head that came whole is kept whatever happens to the content: a wrong status is a finding even if the body
//! never ends. Content that is not whole is said to be cut, so that nothing can pass on it.

use hyper::body::Bytes;
use reqwest::header::{CONTENT_LENGTH, HeaderMap, TRANSFER_ENCODING};
use reqwest::{StatusCode, Version};

use super::{Limits, fault};
use crate::model::{Answer, Body, Header, Response, Silence};

/// What came so far. It outlives the future that fills it, for the case that time runs out.
#[derive(Default)]
pub(super) struct Progress {
    head: Option<(&'static str, u16, Vec<Header>)>,
    body: Vec<u8>,
    /// Another protocol was asked for, so that 101 is an answer (RFC 9110 section 7.8).
    pub(super) upgrades: bool,
    /// The framing contradicts itself: where the content ends can't be known.
    unframed: Option<&'static str>,
}

/// Something that content comes from, piece by piece.
pub(super) trait Source {
    fn piece(&mut self) -> impl Future<Output = Result<Option<Bytes>, String>> + Send;
}

impl Source for reqwest::Response {
    async fn piece(&mut self) -> Result<Option<Bytes>, String> {
        self.chunk().await.map_err(|error| fault::cut(&error))
    }
}

impl Progress {
    /// Keeps the head, or says why it is not HTTP.
    pub(super) fn take_head(
        &mut self,
        version: Version,
        status: StatusCode,
        headers: &HeaderMap,
        limits: Limits,
    ) -> Result<(), Silence> {
        check_status(status, self.upgrades)?;
        let mut size = 0_usize;
        let mut fields = Vec::with_capacity(headers.len());
        for (name, value) in headers {
            size += name.as_str().len() + value.len() + 4;
            fields.push(Header::new(name.as_str(), value.as_bytes()));
        }
        if size > limits.head {
            return Err(Silence::Malformed(format!(
                "the head is larger than {} bytes",
                limits.head
            )));
        }
        let version = match version {
            Version::HTTP_10 => "HTTP/1.0",
            Version::HTTP_2 => "HTTP/2",
            _ => "HTTP/1.1",
        };
        self.unframed = framing(headers);
        self.head = Some((version, status.as_u16(), fields));
        Ok(())
    }

    /// Reads the content to its end or to the limit.
    pub(super) async fn read(
        &mut self,
        source: &mut impl Source,
        limit: usize,
    ) -> Result<Response, Silence> {
        if let Some(why) = self.unframed {
            return self.response(Some(why.to_owned()));
        }
        let cut = loop {
            match source.piece().await {
                Ok(None) => break None,
                Err(why) => break Some(why),
                Ok(Some(piece)) if piece.len() > limit - self.body.len() => {
                    let room = limit - self.body.len();
                    self.body.extend_from_slice(&piece[..room]);
                    break Some(format!("the content is larger than {limit} bytes"));
                }
                Ok(Some(piece)) => self.body.extend_from_slice(&piece),
            }
        };
        self.response(cut)
    }

    /// The answer when the time limit has passed.
    pub(super) fn out_of_time(&mut self) -> Answer {
        match self.response(Some("the time limit passed".to_owned())) {
            Ok(response) => Answer::Response(response),
            Err(silence) => Answer::Silence(silence),
        }
    }

    fn response(&mut self, cut: Option<String>) -> Result<Response, Silence> {
        let (version, status, headers) = self.head.take().ok_or(Silence::TimedOut)?;
        let bytes = std::mem::take(&mut self.body);
        Ok(Response {
            version,
            status,
            headers,
            body: match cut {
                None => Body::Whole(bytes),
                Some(why) => Body::Cut(bytes, why),
            },
        })
    }
}

/// RFC 9110 section 15: a status is from 100 to 599, and an interim one is no answer.
fn check_status(status: StatusCode, upgrades: bool) -> Result<(), Silence> {
    match status.as_u16() {
        101 if upgrades => Ok(()),
        200..=599 => Ok(()),
        101 => Err(Silence::Malformed(
            "it switches protocols, which was not asked for".to_owned(),
        )),
        other => Err(Silence::Malformed(format!("the status is {other}"))),
    }
}

/// Framing that hyper reads in one of two possible ways, where RFC 9112 section 6.3 sees an error or an attack.
/// Content lengths that differ are an error of hyper's already.
fn framing(headers: &HeaderMap) -> Option<&'static str> {
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    let coding = codings.next()?;
    if headers.contains_key(CONTENT_LENGTH) {
        return Some("it has both Transfer-Encoding and Content-Length");
    }
    if codings.next().is_some()
        || !coding
            .as_bytes()
            .trim_ascii()
            .eq_ignore_ascii_case(b"chunked")
    {
        return Some("its transfer coding is not chunked alone");
    }
    None
}
