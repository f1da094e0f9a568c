//! Broken suites, one for each kind of mistake, and what their author is told.

use insta::assert_snapshot;

use crate::told;

#[test]
fn what_a_case_departs_by() {
    assert_snapshot!(told("departure-idle"), @r#"
    error[departure-idle]: this departure changes nothing
     --> departure-idle.yaml:7:14
      |
    7 |         but: { credential: basic }
      |              ^^^^^^^^^^^^^^^^^^^^^ the step is the same with and without it
      |
      = help: under `but:` stands what is different from the good path
    "#);
    assert_snapshot!(told("departure-in-before"), @r#"
    error[departure-in-before]: `before` is good path and holds no departure
     --> departure-in-before.yaml:4:5
      |
    4 |   - send: { to: protected }
      |     ^^^^^^^^^^^^^^^^^^^^^^^
    "#);
    assert_snapshot!(told("expect-before-departure"), @r#"
    error[expect-before-departure]: an `expect` stands before the departure
     --> expect-before-departure.yaml:7:17
      |
    7 |         expect: [{ outcome: accepted, requirement: RFC6749-7-1 }]
      |                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ this step is still setup
      |
      = help: what must be so for the case to mean anything is a `hold`
    "#);
    assert_snapshot!(told("trusted-in-departure"), @r#"
    error[trusted-in-departure]: what must be trusted stands on the path
     --> trusted-in-departure.yaml:7:80
      |
    7 |         but: { credential: { jwt: { claims: { exp: "${now - 1h}" }, sign-with: trusted } } }
      |                                                                                ^^^^^^^ a wrong key in the profile would make this case pass
      |
      = help: write `credential: { jwt: { sign-with: trusted } }` on the path and change one thing under `but`
    "#);
    assert_snapshot!(told("whole-step-swapped"), @r#"
    error[whole-step-swapped]: `of` under `but` would be the other flow's honest request
     --> whole-step-swapped.yaml:9:20
      |
    9 |         but: { of: theirs }
      |                    ^^^^^^
      |
      = help: `code-of` sends the other flow's code under this step's own client
    "#);
}

#[test]
fn what_an_expectation_rests_on() {
    assert_snapshot!(told("no-basis"), @r#"
    error[no-basis]: this expectation rests on nothing
     --> no-basis.yaml:8:18
      |
    8 |         expect: [{ outcome: not-accepted }]
      |                  ^^^^^^^^^^^^^^^^^^^^^^^^^ no `requirement`, `weakness` or `basis`
      |
      = help: for a rule of your own write `basis: ours`
    "#);
    assert_snapshot!(told("weakness-without-level"), @r#"
    error[missing-key]: a weakness needs a `level`
     --> weakness-without-level.yaml:8:53
      |
    8 |         expect: [{ outcome: not-accepted, weakness: CWE-306 }]
      |                                                     ^^^^^^^
      |
      = help: write `level: must` or `level: should`
    "#);
    assert_snapshot!(told("level-without-reason"), @r#"
    error[missing-key]: a level beside a requirement needs a `because`
     --> level-without-reason.yaml:8:76
      |
    8 |         expect: [{ outcome: not-accepted, requirement: RFC6749-7-1, level: should }]
      |                                                                            ^^^^^^
      |
      = help: the catalogue says how binding a clause is; a lower level wants its reason
    "#);
    assert_snapshot!(told("level-beside-a-weakness"), @r#"
    error[missing-key]: a level below that of a requirement needs a `because`
     --> level-beside-a-weakness.yaml:8:95
      |
    8 |         expect: [{ outcome: not-accepted, requirement: RFC6749-7-1, weakness: CWE-306, level: should }]
      |                                                                                               ^^^^^^ `RFC6749-7-1` is a must, and stays one
      |
      = help: say why it counts less, or write an expectation for each of the two
    "#);
    assert_snapshot!(told("level-not-lowered"), @r#"
    error[level-not-lowered]: no clause that it rests on counts more than `should`
     --> level-not-lowered.yaml:8:86
      |
    8 |         expect: [{ status: 401, requirement: RFC9110-11.4-1, level: should, because: it is a should already }]
      |                                                                                      ^^^^^^^^^^^^^^^^^^^^^^ nothing is lowered here
      |
      = help: leave `level` and `because` out
    "#);
    assert_snapshot!(told("unknown-requirement"), @r#"
    error[unknown-requirement]: the catalogue has no `RFC7519-4.1.4-9`
     --> unknown-requirement.yaml:8:56
      |
    8 |         expect: [{ outcome: not-accepted, requirement: RFC7519-4.1.4-9 }]
      |                                                        ^^^^^^^^^^^^^^^
      |
      = help: that section has RFC7519-4.1.4-1, RFC7519-4.1.4-2, RFC7519-4.1.4-3, RFC7519-4.1.4-4, RFC7519-4.1.4-5, RFC7519-4.1.4-6
    "#);
    assert_snapshot!(told("requirement-of-another-role"), @r#"
    error[requirement-of-another-role]: `RFC7617-2-8` binds the client
     --> requirement-of-another-role.yaml:8:56
      |
    8 |         expect: [{ outcome: not-accepted, requirement: RFC7617-2-8 }]
      |                                                        ^^^^^^^^^^^ this suite tests the resource-server
    "#);
    assert_snapshot!(told("unknown-check"), @r#"
    error[unknown-check]: the list of checks has no `basic-wrong-pasword-rejected`
     --> unknown-check.yaml:5:13
      |
    5 |     checks: [basic-wrong-pasword-rejected]
      |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: did you mean `basic-wrong-password-rejected`?
    "#);
}

#[test]
fn what_references_point_to() {
    assert_snapshot!(told("used-before-set"), @r#"
    error[used-before-set]: `refusal` is a later step
     --> used-before-set.yaml:6:46
      |
    6 |       - send: { to: open, header: { X-Realm: "${refusal.challenge.realm}" } }
      |                                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ nothing is known of it yet
    "#);
    assert_snapshot!(told("unknown-step"), @r#"
    error[unknown-step]: no step is called `frist`
     --> unknown-step.yaml:4:5
      |
    4 |   - id: nobody-of-that-name
      |     ^^^^^^^^^^^^^^^^^^^^^^^ asked for by the step at line 7
      |
      = help: did you mean `first`?
    "#);
    assert_snapshot!(told("unknown-reference"), @r#"
    error[unknown-reference]: nothing is called `user`
     --> unknown-reference.yaml:7:45
      |
    7 |         but: { credential: { basic: { user: "${user.alice.name}" } } }
      |                                             ^^^^^^^^^^^^^^^^^^^^
      |
      = help: did you mean `users`?
    "#);
    assert_snapshot!(told("reference-to-added-step"), @r#"
    error[reference-to-added-step]: `extra` exists only in the departure
     --> reference-to-added-step.yaml:8:47
      |
    8 |       - send: { to: open, header: { X-Status: "${extra.status}" } }
      |                                               ^^^^^^^^^^^^^^^^^ the good path has no such step
    "#);
    assert_snapshot!(told("reference-syntax"), @r#"
    error[reference-syntax]: `${now - 1 hour}` is no reference
     --> reference-syntax.yaml:7:52
      |
    7 |         but: { credential: { jwt: { claims: { exp: "${now - 1 hour}" } } } }
      |                                                    ^^^^^^^^^^^^^^^^^ a span is a number and s, m, h or d
      |
      = help: a reference is `${step.thing}`, `${fresh.name}` or `${now + 60s}`
    "#);
    assert_snapshot!(told("reference-open"), @r#"
    error[reference-open]: a reference is not closed
     --> reference-open.yaml:7:49
      |
    7 |         but: { credential: { basic: { password: "${fresh.password" } } }
      |                                                 ^^^^^^^^^^^^^^^^^^ `${` has no `}`
      |
      = help: write `$$` for a dollar sign
    "#);
    assert_snapshot!(told("environment-in-suite"), @r#"
    error[environment-in-suite]: a suite can't read the environment
     --> environment-in-suite.yaml:7:49
      |
    7 |         but: { credential: { basic: { password: "${env.HOME}" } } }
      |                                                 ^^^^^^^^^^^^^
      |
      = help: `${env.NAME}` is allowed in the profile, and only there
    "#);
}

#[test]
fn what_is_missing() {
    assert_snapshot!(told("no-cases"), @r#"
    error[no-cases]: a suite without a case checks nothing
     --> no-cases.yaml:1:1
      |
    1 | suite: broken/no-cases
      | ^^^^^^^^^^^^^^^^^^^^^^
    "#);
    assert_snapshot!(told("no-steps"), @r#"
    error[no-steps]: a case without a step sends nothing
     --> no-steps.yaml:4:5
      |
    4 |   - id: sends-nothing
      |     ^^^^^^^^^^^^^^^^^
    "#);
    assert_snapshot!(told("no-action"), @r#"
    error[no-action]: this step does nothing
     --> no-action.yaml:6:9
      |
    6 |       - { name: idle, expect: [{ outcome: accepted, basis: ours }] }
      |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: a step has one of send, again, wait, provider, restart, authorize, submit, exchange, refresh, grant, tokens, push, device, introspect, revoke, use, login, begin-login, callback, logout, back-channel-logout, open, device-login, register, copy-cookies, survey
    "#);
    assert_snapshot!(told("no-expectation"), @r#"
    error[no-expectation]: a case without an expectation checks nothing
     --> no-expectation.yaml:4:5
      |
    4 |   - id: says-nothing
      |     ^^^^^^^^^^^^^^^^
      |
      = help: say what a right target does: `expect: [{ outcome: not-accepted, requirement: ... }]`
    "#);
    assert_snapshot!(told("expects-nothing"), @r#"
    error[expects-nothing]: this expectation looks at nothing
     --> expects-nothing.yaml:7:18
      |
    7 |         expect: [{ basis: ours }]
      |                  ^^^^^^^^^^^^^^^ no matcher here
      |
      = help: write what must be so, such as `outcome: not-accepted`
    "#);
    assert_snapshot!(told("two-actions"), @r#"
    error[two-actions]: `send` and `wait` are two steps
     --> two-actions.yaml:6:9
      |
    6 |       - { send: { to: protected }, wait: 1s, expect: [{ outcome: accepted, basis: ours }] }
      |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ a step has one action
    "#);
    assert_snapshot!(told("action-of-another-role"), @r#"
    error[action-of-another-role]: `login` drives another role
     --> action-of-another-role.yaml:6:9
      |
    6 |       - { login: {}, expect: [{ logged-in-as: alice, basis: ours }] }
      |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ this suite tests the resource-server
    "#);
}

#[test]
fn what_is_misspelt() {
    assert_snapshot!(told("unknown-key"), @r#"
    error[unknown-key]: a case has no key `stepz`
     --> unknown-key.yaml:5:5
      |
    5 |     stepz:
      |     ^^^^^ unknown key
      |
      = help: did you mean `steps`?
    "#);
    assert_snapshot!(told("unknown-word"), @r#"
    error[unknown-word]: `severity` has no word `hihg`
     --> unknown-word.yaml:5:15
      |
    5 |     severity: hihg
      |               ^^^^ expected one of critical, high, medium, low, info
      |
      = help: did you mean `high`?

    error[unknown-word]: `outcome` has no word `denied`
     --> unknown-word.yaml:9:29
      |
    9 |         expect: [{ outcome: denied, basis: ours }]
      |                             ^^^^^^ expected one of accepted, refused, errored, not-accepted
    "#);
    assert_snapshot!(told("wrong-type"), @r#"
    error[wrong-type]: `times` cannot be text
     --> wrong-type.yaml:7:16
      |
    7 |         times: thrice
      |                ^^^^^^ expected a whole number
    "#);
    assert_snapshot!(told("case-id"), @r#"
    error[case-id]: `Wrong Password` is no id
     --> case-id.yaml:4:9
      |
    4 |   - id: Wrong Password
      |         ^^^^^^^^^^^^^^ lower-case words joined by hyphens
    "#);
    assert_snapshot!(told("unknown-table"), @r#"
    error[unknown-table]: there is no table `public-key-from`
     --> unknown-table.yaml:5:32
      |
    5 |     for-each: { form: { every: public-key-from } }
      |                                ^^^^^^^^^^^^^^^
      |
      = help: did you mean `public-key-form`?
    "#);
    assert_snapshot!(told("unknown-row"), @r#"
    error[unknown-row]: the table `mutation` has no row `alg-nome`
     --> unknown-row.yaml:7:45
      |
    7 |         but: { credential: { jwt: { mutate: alg-nome } } }
      |                                             ^^^^^^^^
      |
      = help: did you mean `alg-none`?
    "#);
}

#[test]
fn what_is_there_twice() {
    assert_snapshot!(told("case-twice"), @r#"
    error[case-twice]: two cases are called `refused`
     --> case-twice.yaml:9:9
      |
    9 |   - id: refused
      |         ^^^^^^^ the first is at line 4
    "#);
    assert_snapshot!(told("row-twice"), @r#"
    error[row-twice]: two rows are called `one`
     --> row-twice.yaml:7:9
      |
    7 |       - { id: one, credential: invalid }
      |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    error[case-twice]: two cases are called `rows[one]`
     --> row-twice.yaml:4:9
      |
    4 |   - id: rows
      |         ^^^^ the first is at line 4
    "#);
    assert_snapshot!(told("row-without-id"), @r#"
    error[row-without-id]: a row of `for-each` needs an `id`
     --> row-without-id.yaml:6:9
      |
    6 |       - { credential: none }
      |         ^^^^^^^^^^^^^^^^^^^^
    "#);
}

#[test]
fn every_mistake_is_told_at_once() {
    assert_snapshot!(told("several-mistakes"), @r#"
    error[unknown-word]: `role` has no word `resource-sever`
     --> several-mistakes.yaml:2:7
      |
    2 | role: resource-sever
      |       ^^^^^^^^^^^^^^ expected one of resource-server, authorization-server, client
      |
      = help: did you mean `resource-server`?

    error[unknown-word]: `severity` has no word `hihg`
     --> several-mistakes.yaml:5:15
      |
    5 |     severity: hihg
      |               ^^^^ expected one of critical, high, medium, low, info
      |
      = help: did you mean `high`?

    error[unknown-key]: send has no key `credental`
     --> several-mistakes.yaml:7:32
      |
    7 |       - send: { to: protected, credental: basic }
      |                                ^^^^^^^^^ unknown key
      |
      = help: did you mean `credential`?

    error[unknown-requirement]: the catalogue has no `RFC7617-2-99`
      --> several-mistakes.yaml:13:56
       |
    13 |         expect: [{ outcome: not-accepted, requirement: RFC7617-2-99 }]
       |                                                        ^^^^^^^^^^^^
       |
       = help: that section has RFC7617-2-1, RFC7617-2-2, RFC7617-2-3, RFC7617-2-4, RFC7617-2-5, RFC7617-2-6, RFC7617-2-7, RFC7617-2-8, RFC7617-2-9
    "#);
}

#[test]
fn every_broken_suite_is_asked_here() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/suites/broken");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let asked = format!("told(\"{}\")", name.trim_end_matches(".yaml"));
        assert!(include_str!("broken.rs").contains(&asked), "{name}");
    }
}
