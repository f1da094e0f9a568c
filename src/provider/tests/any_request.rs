//! Nothing that a target sends makes the provider panic.

use proptest::prelude::*;

use super::*;

const BELOW: &[&str] = &[
    "",
    "/",
    "/jwks",
    "/authorize",
    "/token",
    "/userinfo",
    "/introspect",
    "/revoke",
    "/device_authorization",
    "/register",
    "/api",
    "/.well-known/openid-configuration",
];

const NAMES: &[&str] = &[
    "client_id",
    "client_secret",
    "redirect_uri",
    "response_type",
    "response_mode",
    "state",
    "nonce",
    "scope",
    "code",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "grant_type",
    "refresh_token",
    "token",
    "access_token",
    "device_code",
    "request",
];

const VALUES: &[&str] = &[
    "app",
    "public",
    "app secret+1",
    CALLBACK,
    "code",
    "fragment",
    "form_post",
    "S256",
    "plain",
    "openid",
    "authorization_code",
    "refresh_token",
    "client_credentials",
    "urn:ietf:params:oauth:grant-type:device_code",
    "e30.e30.",
    VERIFIER,
    "",
];

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(VALUES).prop_map(str::to_owned),
        ".{0,40}"
    ]
}

fn parameters() -> impl Strategy<Value = Vec<(String, String)>> {
    let name = proptest::sample::select(NAMES).prop_map(str::to_owned);
    proptest::collection::vec((name, value()), 0..10)
}

fn scripts() -> impl Strategy<Value = Value> {
    proptest::sample::select(bites::scripts())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_octets_are_answered(
        method in "[A-Z]{0,8}|GET|POST",
        target in "\\PC{0,60}",
        fields in proptest::collection::vec(("[a-zA-Z-]{1,20}|authorization|content-type|x-authspec-actor", any::<Vec<u8>>()), 0..4),
        body in any::<Vec<u8>>(),
        chance in any::<[u8; 32]>(),
        now in any::<u64>(),
    ) {
        let mut bench = Bench::new();
        let mut request = request(&method, &target);
        request.headers = fields.into_iter().map(|(name, value)| Header::new(name, value)).collect();
        request.body = body;
        bench.provider.answer(&request, Moment(Duration::from_secs(now)), chance);
        request.target = target;
        bench.provider.answer(&request, Moment(Duration::MAX), chance);
    }

    #[test]
    fn likely_requests_are_answered_under_any_script(
        script in scripts(),
        calls in proptest::collection::vec((proptest::sample::select(BELOW), parameters(), any::<bool>(), any::<bool>()), 1..6),
    ) {
        let mut bench = Bench::new();
        let code = bench.code();
        bench.play(script);
        for (below, mut parameters, posts, proves) in calls {
            parameters.push(("code".to_owned(), code.clone()));
            let query = request("GET", &format!("{below}?{}", form::encode(&parameters)));
            let request = match (posts, proves) {
                (false, _) => query,
                (true, true) => post(below, &parameters),
                (true, false) => form_request(below, &parameters),
            };
            bench.reply(&request);
        }
    }
}
