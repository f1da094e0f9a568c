//! Which form of a page a recipe of the profile fits, and what it puts in; where the profile has no recipe, what any
//! login or consent page looks like.

use serde_json::{Map, Value};

use crate::model::Secret;
use crate::suite::profile::{Move, Server, User};
use crate::suite::template::{Template, as_text};

use super::super::page::{Form, Page};

/// A form that is ready to be sent.
pub(super) struct Filled {
    /// The form.
    pub(super) form: Form,
    /// What is sent; none where the button that was asked for is not there.
    pub(super) pairs: Option<Vec<(String, String)>>,
    /// What a case calls the page: `login-page` or `consent-page`.
    pub(super) page: String,
}

/// What a case says about the pages: who logs in, and what is decided.
#[derive(Default)]
pub(super) struct Said {
    name: Option<String>,
    password: Option<String>,
    denies: bool,
}

impl Said {
    /// What the arguments of a walk say.
    pub(super) fn of(args: &Map<String, Value>) -> Self {
        let user = |key: &str| args.get("user")?.get(key).map(as_text);
        Self {
            name: user("name"),
            password: user("password"),
            denies: args.get("decision").and_then(Value::as_str) == Some("deny"),
        }
    }

    /// The user, with what the case changes.
    pub(super) fn user(&self, user: Option<&User>) -> Option<User> {
        let mut user = user?.clone();
        if let Some(name) = &self.name {
            user.name.clone_from(name);
        }
        if let Some(password) = &self.password {
            user.password = Some(Secret::new(password.as_str(), "password"));
        }
        Some(user)
    }
}

/// The form of a page that fits, filled in for a user.
pub(super) fn fill(
    page: &Page,
    server: &Server,
    user: Option<&User>,
    said: &Said,
) -> Option<Filled> {
    let filled = by_recipe(page, &server.login, "login-page", user)
        .or_else(|| by_recipe(page, &server.consent, "consent-page", user))
        .or_else(|| any_login(page, user).filter(|_| server.login.is_empty()))
        .or_else(|| any_consent(page).filter(|_| server.consent.is_empty()))?;
    if !said.denies || filled.page != "consent-page" {
        return Some(filled);
    }
    let button = filled.form.refusing_button();
    if let (None, Some(form)) = (button, page.refusing_link()) {
        let pairs = Some(Vec::new());
        return Some(Filled {
            form,
            pairs,
            ..filled
        });
    }
    Some(Filled {
        pairs: button.map(|button| filled.form.filled(&[], Some(button))),
        ..filled
    })
}

fn by_recipe(page: &Page, moves: &[Move], name: &str, user: Option<&User>) -> Option<Filled> {
    moves.iter().find_map(|one| {
        let Move::Submit {
            form: selector,
            fields,
            button,
        } = one
        else {
            return None;
        };
        let names: Vec<String> = fields.iter().map(|(name, _)| name.clone()).collect();
        let pressed = |form: &Form| match button {
            Some(button) => form.button(button).cloned().map(Some),
            None => Some(form.buttons.first().cloned()),
        };
        let asks_less = |form: &Form| !names.is_empty() || form.password_field().is_none();
        let fits = |form: &&Form| form.has(&names) && pressed(form).is_some() && asks_less(form);
        let candidates = match selector {
            Some(selector) => page.forms_at(selector),
            None => page.forms.iter().collect(),
        };
        let form = candidates.into_iter().find(fits)?;
        let values: Vec<(String, String)> = fields
            .iter()
            .map(|(name, value)| (name.clone(), filled(value, user)))
            .collect();
        Some(Filled {
            pairs: Some(form.filled(&values, pressed(form)?.as_ref())),
            form: form.clone(),
            page: name.to_owned(),
        })
    })
}

/// A form with a password field, and a field for the name before it.
fn any_login(page: &Page, user: Option<&User>) -> Option<Filled> {
    let form = page
        .forms
        .iter()
        .find(|form| form.password_field().is_some())?;
    let user = user?;
    let values = [
        (form.name_field()?.name.clone(), user.name.clone()),
        (
            form.password_field()?.name.clone(),
            user.password.as_ref()?.reveal().to_owned(),
        ),
    ];
    Some(Filled {
        pairs: Some(form.filled(&values, form.buttons.first())),
        form: form.clone(),
        page: "login-page".to_owned(),
    })
}

/// A form without a password field and with a button that agrees.
fn any_consent(page: &Page) -> Option<Filled> {
    let asks = |form: &&Form| form.password_field().is_none() && !form.buttons.is_empty();
    let form = page.forms.iter().find(asks)?;
    Some(Filled {
        pairs: Some(form.filled(&[], form.agreeing_button())),
        form: form.clone(),
        page: "consent-page".to_owned(),
    })
}

/// A field of a recipe: `${user.name}` and `${user.password}` are the actor's.
pub(in crate::exec) fn filled(value: &Template, user: Option<&User>) -> String {
    let found = value.expand(&mut |path| {
        let user = user?;
        Some(Value::from(match path.to_string().as_str() {
            "user.name" => user.name.clone(),
            "user.password" => user.password.as_ref()?.reveal().to_owned(),
            "user.email" => user.email.clone(),
            _ => return None,
        }))
    });
    found.map(|value| as_text(&value)).unwrap_or_default()
}
