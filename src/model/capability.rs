//! What a profile can enable, and the line of the profile that would.

macro_rules! capabilities {
    ($($variant:ident = $word:literal, $what:literal, $hint:literal;)+) => {
        /// Something that a case needs and a profile can give.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Capability {
            $(#[doc = $what] $variant),+
        }

        impl Capability {
            /// Every capability, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in `needs:` and in reports.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// What it is.
            pub const fn what(self) -> &'static str {
                match self { $(Self::$variant => $what),+ }
            }

            /// The profile entry that gives it.
            pub const fn hint(self) -> &'static str {
                match self { $(Self::$variant => $hint),+ }
            }

            /// The capability that a word names.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.word() == word)
            }
        }
    };
}

impl Capability {
    /// What the same entry of a profile gives, too: whoever says the one need not be told of the others.
    const fn gives(self) -> &'static [Self] {
        match self {
            Self::Basic | Self::Bearer => &[Self::ValidCredential],
            Self::Jwt => &[Self::Bearer, Self::ValidCredential],
            Self::SigningKey => &[Self::Jwt, Self::Bearer, Self::ValidCredential],
            Self::TrustsProvider => &[
                Self::SigningKey,
                Self::PublishedKey,
                Self::Listener,
                Self::Jwt,
                Self::Bearer,
                Self::ValidCredential,
            ],
            Self::Metadata => &[
                Self::AuthorizationEndpoint,
                Self::TokenEndpoint,
                Self::Introspection,
                Self::Revocation,
                Self::Userinfo,
            ],
            _ => &[],
        }
    }

    /// Those of a set that the others don't give.
    pub fn least(set: &[Self]) -> Vec<Self> {
        let given = |one: &Self| set.iter().any(|other| other.gives().contains(one));
        set.iter().copied().filter(|one| !given(one)).collect()
    }
}

capabilities! {
    Guarded = "guarded", "A guarded endpoint.", "guarded: [GET /orders]";
    Open = "open", "An endpoint that anybody may ask.", "open: GET /health";
    GuardedWrite = "guarded-write", "A guarded request that writes, and where its effect shows.", "guarded-write: { send: {...}, seen-at: {...} }";
    AdminOnly = "admin-only", "An operation that the user of the valid credential may not do.", "admin-only: GET /admin/users";
    OtherObject = "other-object", "An object of another user.", "objects: { own: GET /orders/1, other: GET /orders/2, shows: \"text of the other\" }";
    Socket = "socket", "A WebSocket.", "socket: GET /events";
    GraphQl = "graphql", "A GraphQL endpoint with a guarded mutation.", "graphql: { path: /graphql, mutation: \"addNote(text: \\\"x\\\") { id }\" }";
    DisableAccount = "disable-account", "Requests that disable and enable the second account.", "account-changes: { disable: {...}, enable: {...} }";
    ChangePassword = "change-password", "Requests that change the second account's password and restore it.", "account-changes: { change-password: {...}, restore-password: {...} }";
    PlainHttp = "plain-http", "The origin of the API over plain HTTP.", "plain-http: http://api.example";
    Tls = "tls", "The origin of the API over TLS.", "a target with https, or tls: { origin: https://api.example }";
    OpenApi = "openapi", "The API's own description (OpenAPI, as JSON).", "openapi: GET /openapi.json";
    ValidCredential = "valid-credential", "Any credential that opens a guarded endpoint.", "basic:, token:, login:, grant:, key: or trusts-provider:";
    Basic = "basic", "A user name and password for HTTP Basic.", "basic: { user: alice, password: \"${env.API_PASSWORD}\" }";
    Bearer = "bearer", "A valid bearer token.", "token: \"${env.API_TOKEN}\", login:, grant:, key: or trusts-provider:";
    Jwt = "jwt", "A valid bearer token that is a signed JWT.", "token: (a JWT), login:, grant:, key: or trusts-provider:";
    SigningKey = "signing-key", "A key whose signature the target trusts.", "key: { alg: RS256, pem: \"${env.SIGNING_KEY}\", kid: ..., claims: {...} } or trusts-provider: {...}";
    PublishedKey = "published-key", "The public key of the issuer, to be abused as an HMAC secret.", "jwks: https://issuer.example/jwks (or key:, or trusts-provider:)";
    Dpop = "dpop", "A DPoP-bound token with its key, and an endpoint that takes it.", "guarded: [{ path: /orders, scheme: dpop }], and key: or trusts-provider: (or a bound token, with dpop: { pem: \"${env.PROOF_KEY}\" })";
    DpopNonce = "dpop-nonce", "An endpoint that demands a nonce of its own in every DPoP proof.", "guarded: [{ path: /orders, scheme: dpop, demands-nonce: true }]";
    ClientCertificate = "client-certificate", "A token that is bound to our client certificate, and an endpoint over TLS that takes it.", "guarded: [{ path: \"https://api.example/orders\", certificate-bound: true }], and key: or trusts-provider: (or a bound token, with tls: { client-certificate: { pem-file: ..., key-file: ... } })";
    TrustsProvider = "trusts-provider", "The target trusts the provider that authspec plays.", "trusts-provider: { claims: { aud: ... } }";
    AsksIntrospection = "asks-introspection", "The target asks authspec's provider about opaque tokens.", "asks-introspection: true";
    TokenLogout = "token-logout", "A request that ends the token which it carries.", "token-logout: POST /logout";
    Listener = "listener", "The target can reach authspec, where it may be heard to fetch what it shouldn't.", "provider: { reaches-listener: true }";
    Account = "account", "The name of an account.", "users: { alice: { name: ... } }";
    SecondUser = "second-user", "A second account.", "users: { mallory: { name: ..., password: ... } }";
    ColonPassword = "colon-password", "An account whose password holds a colon.", "users: { colon: { name: ..., password: \"a:b\" } }";
    NonAsciiPassword = "non-ascii-password", "An account whose password is not ASCII.", "users: { non-ascii: { name: ..., password: ... } }";
    LongPassword = "long-password", "An account whose password is longer than 72 bytes.", "users: { long: { name: ..., password: ... } }";
    Client = "client", "An application that logs in at authspec's provider.", "client: { login: GET /login, callback: /callback, who-am-i: GET /me }";
    Logout = "logout", "A way to log out of the client.", "client: { logout: POST /logout }";
    ClientAccount = "client-account", "What the client itself calls an account.", "client: { who-am-i: { path: /me, name: /sub, account: /id } }";
    SecondIssuer = "second-issuer", "A client that knows authspec's second provider too.", "client: { login-evil: GET /login?idp=evil }";
    ProviderTls = "provider-tls", "A target that asks authspec's provider over TLS.", "provider: { tls: true }, and the authority handed on: start: { env: { SSL_CERT_FILE: \"${provider.ca-file}\" } }";
    LoginByAssertion = "login-by-assertion", "A login in which the client authenticates by a signed assertion.", "client: { login-by: { assertion: GET /login } }";
    LoginByDpop = "login-by-dpop", "A login in which the client asks for tokens that are bound to a key.", "client: { login-by: { dpop: GET /login } }";
    LoginByPush = "login-by-push", "A login whose request the client pushes to the provider.", "client: { login-by: { push: GET /login } }";
    LoginByResource = "login-by-resource", "A login in which the client says for which resource the token is.", "client: { login-by: { resource: GET /login } }";
    LoginByPublic = "login-by-public", "A login of a client without a secret.", "client: { id: ... } without a secret, or login-by: { public: GET /login }";
    LoginByHttps = "login-by-https", "A login at an https origin of the client.", "a target with https, or client: { login-by: { https: GET https://app.example/login } }";
    LoginByThirdParty = "login-by-third-party", "A login that another site starts, by the client's initiate_login_uri.", "client: { login-by: { third-party: GET /login/initiate } }";
    LoginByEncrypted = "login-by-encrypted", "A login for which the client registered to get encrypted ID tokens.", "client: { login-by: { encrypted: GET /login }, keys: GET /jwks }";
    LoginByResponseToken = "login-by-response-token", "A login whose answer the client asks for as a token.", "client: { login-by: { response-token: GET /login } }";
    BackChannelLogout = "back-channel-logout", "The address at which the client is told of logouts at the provider.", "client: { back-channel-logout: POST /logout/back-channel }";
    LoginByApi = "login-by-api", "A login that begins at an API, whose challenge leads the client to its provider.", "client: { login-by: { api: GET /connect } }, with the API at provider.api";
    LoginByRequestObject = "login-by-request-object", "A login whose request is a signed object.", "client: { login-by: { request-object: GET /login } }";
    LoginByRequestUri = "login-by-request-uri", "A login whose request is a signed object behind an address of the client's.", "client: { login-by: { request-uri: GET /login } }";
    LoginByPushedObject = "login-by-pushed-object", "A login whose request is a signed object that the client pushes.", "client: { login-by: { pushed-object: GET /login } }";
    LoginByCertificate = "login-by-certificate", "A login in which the client authenticates by a certificate.", "client: { login-by: { certificate: GET /login } }, with provider: { tls: true }";
    LoginByDetails = "login-by-details", "A login that asks for rights in detail.", "client: { login-by: { details: GET /login } }";
    CallsApi = "calls-api", "A page for which the client asks the API at provider.api with its user's token.", "client: { api: GET /files }";
    DeviceLogin = "device-login", "A login on another device, for which the client shows a code.", "client: { device: { start: POST /device, page: GET /device } }";
    RegistersItself = "registers-itself", "A request that makes the client register itself at the provider.", "client: { register: POST /connections }";
    RevokesAtLogout = "revokes-at-logout", "A client that revokes its tokens at logout.", "client: { logout: POST /logout, revokes: true }";
    Restart = "restart", "The target can be started anew by authspec.", "start: { command: [...] }";
    AuthorizationEndpoint = "authorization-endpoint", "An authorization endpoint that can be walked.", "authorization-server: { authorization: ..., login: {...} }";
    TokenEndpoint = "token-endpoint", "A token endpoint.", "authorization-server: { token: ... }";
    Introspection = "introspection", "An introspection endpoint.", "authorization-server: { introspection: ... }";
    Revocation = "revocation", "A revocation endpoint.", "authorization-server: { revocation: ... }";
    Userinfo = "userinfo", "A userinfo endpoint.", "authorization-server: { userinfo: ... }";
    Metadata = "metadata", "Authorization server metadata.", "authorization-server: { issuer: ... }";
    ConfidentialClient = "confidential-client", "A client with a secret.", "clients: { confidential: { id: ..., secret: ..., redirect-uri: ... } }";
    OtherClient = "other-client", "A second client with a secret.", "clients: { other: {...} }";
    PublicClient = "public-client", "A client without a secret.", "clients: { public: { id: ..., redirect-uri: ... } }";
    QueryClient = "with-query", "A client whose registered redirection URI has a query.", "clients: { with-query: { id: ..., secret: ..., redirect-uri: https://client.example/cb?tenant=7 } }";
    NativeClient = "native", "A native app whose registered redirection URI is a loopback address.", "clients: { native: { id: ..., redirect-uri: http://127.0.0.1/cb } }";
    OddSecret = "odd-secret", "A client whose secret holds reserved characters.", "clients: { odd-secret: {...} }";
    PrivateKeyJwt = "private-key-jwt", "A client that authenticates by a JWT of its own key.", "clients: { private-key-jwt: { id: ..., pem: \"${env.CLIENT_KEY}\", kid: ..., redirect-uri: ... } }";
    OtherPrivateKeyJwt = "other-private-key-jwt", "A second client that authenticates by a JWT of its own key.", "clients: { other-private-key-jwt: {...} }";
    PushingClient = "pushing-client", "A client with a secret that must push its authorization requests.", "clients: { pushing: { id: ..., secret: ..., redirect-uri: ... } }";
    SigningClient = "signing-client", "A client that must sign its authorization requests.", "clients: { signing: { id: ..., pem: \"${env.CLIENT_KEY}\", kid: ..., redirect-uri: ... } }";
    SealingClient = "sealing-client", "A client that must sign and encrypt its authorization requests.", "clients: { sealing: { id: ..., pem: \"${env.CLIENT_KEY}\", kid: ..., redirect-uri: ... } }";
    BoundClient = "bound-client", "A client that is registered to get DPoP-bound tokens alone.", "clients: { bound: { id: ..., secret: ..., redirect-uri: ... } }";
    AttestedClient = "attested-client", "A client for which an attester vouches, with the attester's key.", "clients: { attested: { id: ..., pem: \"${env.ATTESTER_KEY}\", kid: ..., redirect-uri: ... } }";
    RotatedKey = "rotated-key", "The client private-key-jwt with another key that it registered.", "clients: { rotated: { id: (that of private-key-jwt), pem: \"${env.NEXT_KEY}\", kid: ... } }";
    Scopes = "scopes", "A refresh token, and a scope value that its request may leave out.", "authorization-server: { scope: orders.read orders.write, refresh-token: {} }";
    Resources = "resources", "Two APIs that one token may be asked for.", "authorization-server: { resources: [https://api.example/orders, https://api.example/notes] }";
    AuthorizationDetails = "authorization-details", "Authorization details that a user may be asked for.", "authorization-server: { authorization-details: [{ type: ... }, { type: ... }] }";
    EndSession = "end-session", "An address at which a browser logs out of the authorization server.", "authorization-server: { end-session: /logout }, or end_session_endpoint in its metadata";
    TlsClient = "tls-client", "A client that authenticates by a certificate of an authority (tls_client_auth).", "clients: { tls-client: { id: ..., certificate: { pem-file: ..., key-file: ... } } }";
    OtherTlsClient = "other-tls-client", "A second client of that kind, whose certificate is of the same authority.", "clients: { other-tls-client: { id: ..., certificate: { pem-file: ..., key-file: ... } } }";
    ExpiredTlsClient = "expired-tls-client", "The first client of that kind, with a certificate that has expired.", "clients: { expired-tls-client: { id: ..., certificate: { pem-file: ..., key-file: ... } } }";
    SelfSignedTlsClient = "self-signed-tls-client", "A client that authenticates by a certificate which it registered itself (self_signed_tls_client_auth).", "clients: { self-signed-tls-client: { id: ..., certificate: { pem-file: ..., key-file: ... } } }";
    CertifiedPublic = "certified-public-client", "A client without a secret, whose tokens are bound to the certificate that it shows.", "clients: { certified-public: { id: ..., redirect-uri: ..., certificate: { pem-file: ..., key-file: ... } } }";
    IssuerTls = "issuer-tls", "The authorization server over TLS.", "authorization-server: { issuer: \"https://as.example\" }, or { over-tls: \"https://localhost:8443\" } beside an issuer on plain loopback";
    PushedAuthorization = "pushed-authorization", "An endpoint for pushed authorization requests.", "authorization-server: { issuer: ... }, with pushed_authorization_request_endpoint in its metadata";
    DeviceAuthorization = "device-authorization", "A device authorization endpoint.", "authorization-server: { issuer: ... }, with device_authorization_endpoint in its metadata";
    Registration = "registration", "A client registration endpoint.", "authorization-server: { issuer: ... }, with registration_endpoint in its metadata";
    SignedUserinfo = "signed-userinfo", "A client that registered to get signed answers of UserInfo.", "clients: { signed-userinfo: { id: ..., secret: ..., redirect-uri: ... } }";
    RefreshToken = "refresh-token", "Scope or prompt that brings a refresh token.", "authorization-server: { refresh-token: { scope: offline_access } }";
    Witness = "witness", "A way to see whether an access token lives.", "authorization-server: { witness: introspection }";
}
