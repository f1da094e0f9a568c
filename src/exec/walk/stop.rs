//! A walk that stops at a page, and goes on from there: in the same browser or in another, from the page itself or
//! from a page of another site that copied its form.

use url::Url;

use crate::model::{Answer, Outcome};
use crate::suite::template::as_text;
use crate::wire::cookie;

use super::super::act::{Context, Go};
use super::super::browse::Site;
use super::super::page::Page;
use super::{Flow, Walk};

/// Cookies shorter than this hold a language or a switch, no session.
const SHORTEST: usize = 16;

/// A page at which a walk stopped.
#[derive(Clone)]
pub(in crate::exec) struct Stopped {
    page: Page,
    /// Where the page was.
    base: Url,
    flow: Flow,
    redirect: Option<Url>,
}

impl Walk {
    /// Stops at a page, which is kept for `submit`.
    pub(super) fn stop(&mut self, page: &Page, answer: &Answer, context: &mut Context<'_>) -> Go {
        let base = self
            .sent
            .as_ref()
            .and_then(|sent| Url::parse(&sent.request.url()).ok());
        let Some(base) = base else {
            return self.end(Outcome::Stuck, Some(answer), context);
        };
        let stopped = Stopped {
            page: page.clone(),
            base,
            flow: self.flow.clone(),
            redirect: self.redirect.clone(),
        };
        context
            .memory
            .stopped
            .insert(context.step.to_owned(), stopped);
        self.end(Outcome::Accepted, Some(answer), context)
    }

    /// Sends the form of the page at which a step stopped.
    pub(super) fn go_on(&mut self, context: &mut Context<'_>) -> Result<Go, String> {
        let of = self.args.get("of").map(as_text).unwrap_or_default();
        let stopped = context.memory.stopped.get(&of).cloned();
        let stopped = stopped.ok_or_else(|| format!("step `{of}` stopped at no page"))?;
        self.flow = stopped.flow;
        self.redirect = stopped.redirect;
        let filled = self
            .filled(&stopped.page, context)
            .ok_or("the page has no form that is known")?;
        self.pages.push(filled.page.clone());
        let site = if self.says("from", "another-site") {
            Site::Another
        } else {
            Site::Own
        };
        Ok(self.press(filled, &stopped.base, site, None, context))
    }

    /// Keeps the cookie that most likely is the user's session.
    pub(super) fn keep_session(&mut self, answer: &Answer) {
        if self.pages.is_empty() {
            return;
        }
        let Some(response) = answer.response() else {
            return;
        };
        let longest = response
            .header("set-cookie")
            .filter_map(cookie::parse)
            .filter(|cookie| cookie.value.len() >= SHORTEST)
            .max_by_key(|cookie| cookie.value.len());
        if let Some(cookie) = longest {
            self.session = Some(cookie.value);
        }
    }
}
