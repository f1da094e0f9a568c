use super::*;

const LOGIN: &str = r#"<title>Sign in</title><form method=post action="/login?x=1"><input type=hidden name=csrf value=c1>
    <input name=user type=text><input type=password name=pw><input type=checkbox name=stay>
    <button name=deny value=no>Cancel</button><button name=go value=yes>Sign in</button></form>"#;

#[test]
fn a_login_form_is_read_and_filled() {
    let page = read(LOGIN);
    let form = &page.forms[0];
    assert_eq!(
        (form.method.as_str(), form.action.as_str()),
        ("POST", "/login?x=1")
    );
    assert_eq!(
        form.name_field().map(|field| field.name.as_str()),
        Some("user")
    );
    assert_eq!(
        form.password_field().map(|field| field.name.as_str()),
        Some("pw")
    );
    let sent = form.filled(
        &[("user".into(), "alice".into()), ("pw".into(), "s".into())],
        form.button("Sign in"),
    );
    let sent: Vec<(&str, &str)> = sent
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(
        sent,
        [
            ("csrf", "c1"),
            ("user", "alice"),
            ("pw", "s"),
            ("go", "yes")
        ]
    );
    assert_eq!(page.title, "Sign in");
}

#[test]
fn the_button_that_agrees_is_found() {
    let page =
        read("<form><button value=deny>No</button><button value=ok>Allow access</button></form>");
    assert_eq!(
        page.forms[0]
            .agreeing_button()
            .map(|button| button.value.as_str()),
        Some("ok")
    );
}

#[test]
fn the_button_that_refuses_in_the_same_word_is_passed_by() {
    let page = read(
        "<form><button value=0>Don't allow</button><button value=1>Disallow</button><button value=2>Allow</button></form>",
    );
    let agreeing = page.forms[0].agreeing_button();
    assert_eq!(agreeing.map(|button| button.value.as_str()), Some("2"));
}

#[test]
fn a_control_belongs_to_the_form_that_it_names() {
    let page = read(
        "<form id=yes action=/yes><input name=code value=1><button form=no>No</button></form>\
         <form id=no action=/no></form><div><button type=submit form=yes>Continue</button></div>",
    );
    let texts = |at: usize| -> Vec<&str> {
        let buttons = page.forms[at].buttons.iter();
        buttons.map(|button| button.text.as_str()).collect()
    };
    assert_eq!(texts(0), ["Continue"]);
    assert_eq!(texts(1), ["No"]);
}

#[test]
fn a_form_is_found_by_a_selector_of_its_own_or_of_what_it_holds() {
    let page = read("<form action=/a></form><form id=second action=/b><input class=pin></form>");
    let actions = |selector: &str| -> Vec<String> {
        let found = page.forms_at(selector);
        found.iter().map(|form| form.action.clone()).collect()
    };
    assert_eq!(actions("#second"), ["/b"]);
    assert_eq!(actions("input.pin"), ["/b"]);
    assert_eq!(actions("form"), ["/a", "/b"]);
    assert!(actions(".none").is_empty());
}

#[test]
fn a_form_that_sends_itself_and_a_refresh_are_seen() {
    let page = read(
        "<meta http-equiv=Refresh content='0; url=/next'><body onload='document.forms[0].submit()'><form method=post action=/cb><input type=hidden name=code value=1></form>",
    );
    assert!(page.forms[0].auto);
    assert_eq!(page.refresh.as_deref(), Some("/next"));
}

#[test]
fn a_page_with_scripts_logs_nobody_out_by_itself() {
    let page = read(
        "<meta http-equiv=refresh content='1800; url=/logout'><script src=/app.js></script><script>start()</script><form method=post action=/logout><input type=hidden name=csrf value=1><button>Log out</button></form>",
    );
    assert!(!page.forms[0].auto);
    assert_eq!(page.refresh, None);
}

#[test]
fn the_button_that_says_no_is_found() {
    for (buttons, wanted) in [
        (
            "<button name=decision value=allow>Allow<button name=decision value=deny>Deny",
            Some("deny"),
        ),
        ("<button value=1>Note it<button value=2>Cancel", Some("2")),
        ("<button value=1>Continue", None),
    ] {
        let page = read(&format!("<form>{buttons}</form>"));
        let found = page.forms[0].refusing_button();
        assert_eq!(
            found.map(|button| button.value.as_str()),
            wanted,
            "{buttons}"
        );
    }
}

#[test]
fn the_link_that_says_no_is_found() {
    let page = read("<a href=/help>Help</a> <a href=/abort?x=1>[ Cancel ]</a>");
    let link = page.refusing_link();
    assert_eq!(link.map(|link| link.action).as_deref(), Some("/abort?x=1"));
}
