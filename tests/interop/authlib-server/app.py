"""An authorization server on Authlib and Flask, with OpenID Connect, PKCE, iss, refresh, introspection and revocation.
Everything is in memory; one page asks for name, password and consent."""

import hmac
import os
import secrets
import time
from types import SimpleNamespace

from authlib.common.urls import add_params_to_uri
from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, TokenMixin, grants
from authlib.oauth2.rfc6749.util import scope_to_list
from authlib.oauth2.rfc6750 import BearerTokenValidator
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from authlib.oauth2.rfc9207 import IssuerParameter
from authlib.oidc.core import OpenIDCode, UserInfo, UserInfoEndpoint
from flask import Flask, jsonify, render_template_string, request
from joserfc.jwk import RSAKey

PORT = int(os.environ["PORT"])
ISSUER = f"http://127.0.0.1:{PORT}"
SECRET = os.environ["CLIENT_SECRET"]
SCOPES = ["openid", "profile", "email", "offline_access"]
KEY = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
USERS = {"alice": "wonderland", "mallory": "wonderland-too"}


class Client(ClientMixin):
    def __init__(self, name, confidential=True):
        self.client_id, self.secret = name, SECRET + name if confidential else None
        self.client_metadata = {}
        self.redirect_uri = f"https://{name}.example/cb"
        self.grants = ["authorization_code", "refresh_token"] + ["client_credentials"] * confidential

    def get_client_id(self):
        return self.client_id

    def get_default_redirect_uri(self):
        return self.redirect_uri

    def get_allowed_scope(self, scope):
        return " ".join(one for one in scope_to_list(scope or "openid") if one in SCOPES)

    def check_redirect_uri(self, redirect_uri):
        return redirect_uri == self.redirect_uri

    def check_client_secret(self, client_secret):
        return self.secret is not None and hmac.compare_digest(self.secret.encode(), client_secret.encode())

    def check_endpoint_auth_method(self, method, endpoint):
        return method in (["client_secret_basic", "client_secret_post"] if self.secret else ["none"])

    def check_response_type(self, response_type):
        return response_type == "code"

    def check_grant_type(self, grant_type):
        return grant_type in self.grants


class Code(SimpleNamespace, AuthorizationCodeMixin):
    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope

    def get_nonce(self):
        return self.nonce

    def get_auth_time(self):
        return self.made

    def get_acr(self):
        return None

    def get_amr(self):
        return None


class Token(SimpleNamespace, TokenMixin):
    def check_client(self, client):
        return self.client.client_id == client.client_id

    def get_scope(self):
        return self.scope

    def get_expires_in(self):
        return self.expires_in

    def is_expired(self):
        return self.made + self.expires_in < time.time()

    def is_revoked(self):
        return self.dead

    def get_user(self):
        return self.user

    def get_client(self):
        return self.client


CLIENTS = {client.client_id: client for client in [Client("web"), Client("other"), Client("app", False)]}
CODES, SPENT, TOKENS = {}, {}, []


def save_token(token, request):
    # what comes of one login lives and dies together (RFC 9700 sections 2.1.1 and 4.14)
    before = getattr(request, "authorization_code", None) or getattr(request, "refresh_token", None)
    family = before.family if before else secrets.token_hex()
    known = {"refresh_token": None, "scope": "", **token}
    TOKENS.append(Token(**known, client=request.client, user=request.user, family=family, made=int(time.time()), dead=False, spent=False))


def end_family(family):
    for token in TOKENS:
        token.dead = token.dead or token.family == family


class CodeGrant(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post", "none"]

    def save_authorization_code(self, code, request):
        payload = request.payload
        CODES[code] = Code(
            code=code,
            client_id=request.client.client_id,
            redirect_uri=payload.redirect_uri,
            scope=request.scope,
            nonce=payload.data.get("nonce"),
            code_challenge=payload.data.get("code_challenge"),
            code_challenge_method=payload.data.get("code_challenge_method"),
            user=request.user,
            family=secrets.token_hex(),
            made=int(time.time()),
        )

    def query_authorization_code(self, code, client):
        if code in SPENT:
            end_family(SPENT[code])
        found = CODES.get(code)
        return found if found and found.client_id == client.client_id and found.made + 60 > time.time() else None

    def delete_authorization_code(self, authorization_code):
        SPENT[authorization_code.code] = authorization_code.family
        CODES.pop(authorization_code.code, None)

    def authenticate_user(self, authorization_code):
        return authorization_code.user


class Challenge(CodeChallenge):
    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]
    DEFAULT_CODE_CHALLENGE_METHOD = "S256"

    def validate_code_challenge(self, grant, redirect_uri):
        # the library demands a challenge of public clients alone
        if not grant.request.payload.data.get("code_challenge"):
            raise OAuth2Error(error="invalid_request", description="code_challenge is required", redirect_uri=redirect_uri, state=grant.request.payload.state)
        super().validate_code_challenge(grant, redirect_uri)


class RefreshGrant(grants.RefreshTokenGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post", "none"]
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token):
        found = next((token for token in TOKENS if token.refresh_token == refresh_token), None)
        if found and found.spent:
            end_family(found.family)
        return None if not found or found.dead or found.spent else found

    def authenticate_user(self, refresh_token):
        return refresh_token.user

    def revoke_old_credential(self, refresh_token):
        refresh_token.spent = True


class Claims:
    def generate_user_info(self, user, scope):
        return UserInfo(sub=user, name=user, email=f"{user}@users.example").filter(scope)


class OpenId(Claims, OpenIDCode):
    def exists_nonce(self, nonce, request):
        return any(code.nonce == nonce for code in list(CODES.values()))

    def get_client_claims(self, client):
        return {"iss": ISSUER}

    def get_encode_header(self, client):
        return {"alg": "RS256", "kid": KEY.kid}

    def resolve_client_private_key(self, client):
        return KEY


class Iss(IssuerParameter):
    def get_issuer(self):
        return ISSUER


def find(value, kind):
    return next((token for token in TOKENS if value in (token.access_token, token.refresh_token)), None)


class Introspection(IntrospectionEndpoint):
    def query_token(self, token_string, token_type_hint):
        return find(token_string, token_type_hint)

    def check_permission(self, token, client, request):
        return token.check_client(client)

    def introspect_token(self, token):
        return {"active": True, "client_id": token.client.client_id, "sub": token.user or token.client.client_id, "scope": token.scope, "iss": ISSUER, "exp": token.made + token.expires_in}


class Revocation(RevocationEndpoint):
    def query_token(self, token_string, token_type_hint):
        return find(token_string, token_type_hint)

    def revoke_token(self, token, request):
        token.dead = True
        if request.form["token"] == token.refresh_token:
            end_family(token.family)


class Validator(BearerTokenValidator):
    def authenticate_token(self, token_string):
        return next((token for token in TOKENS if token.access_token == token_string), None)


class Info(Claims, UserInfoEndpoint):
    pass


app = Flask(__name__)
app.config.update(OAUTH2_SCOPES_SUPPORTED=SCOPES, OAUTH2_REFRESH_TOKEN_GENERATOR=True)
server = AuthorizationServer(app, CLIENTS.get, save_token)
protector = ResourceProtector()
protector.register_token_validator(Validator())
server.register_grant(CodeGrant, [OpenId(), Challenge()])
server.register_grant(RefreshGrant)
server.register_grant(grants.ClientCredentialsGrant)
server.register_endpoint(Introspection)
server.register_endpoint(Revocation)
server.register_endpoint(Info(resource_protector=protector))
server.register_extension(Iss())

PAGE = """<!doctype html><title>Log in</title>
<form method="post" action="/authorize">
  {% for name, value in request.values.items(multi=True) if name not in ("username", "password", "allowed") %}
  <input type="hidden" name="{{ name }}" value="{{ value }}">
  {% endfor %}
  <label>Name <input name="username"></label> <label>Password <input name="password" type="password"></label>
  <button name="allowed" value="yes">Log in and allow</button> <button name="allowed" value="no">Deny</button>
</form>"""


@app.route("/authorize", methods=["GET", "POST"])
def authorize():
    try:
        grant = server.get_consent_grant(end_user=None)
    except OAuth2Error as error:
        answer = server.handle_error_response(request, error)
        if answer.location:  # the extension that adds iss is not asked here
            answer.location = add_params_to_uri(answer.location, [("iss", ISSUER)])
        return answer
    if request.method == "GET" or "allowed" not in request.form:
        return render_template_string(PAGE)
    name, password = request.form["username"], request.form["password"]
    allowed = request.form["allowed"] == "yes"
    if allowed and USERS.get(name) != password:
        return render_template_string(PAGE), 403
    answer = server.create_authorization_response(grant=grant, grant_user=name if allowed else None)
    # a 302 may repeat the password at the client (RFC 9700 section 4.12)
    answer.status_code = 303 if answer.location else answer.status_code
    return answer


@app.post("/token")
def token():
    return server.create_token_response()


@app.post("/introspect")
def introspect():
    return server.create_endpoint_response("introspection")


@app.post("/revoke")
def revoke():
    return server.create_endpoint_response("revocation")


@app.route("/userinfo", methods=["GET", "POST"])
def userinfo():
    return server.create_endpoint_response("userinfo")


@app.get("/jwks")
def jwks():
    return jsonify(keys=[KEY.as_dict(private=False)])


@app.get("/.well-known/openid-configuration")
def metadata():
    methods = ["client_secret_basic", "client_secret_post"]
    return jsonify(
        issuer=ISSUER,
        authorization_endpoint=ISSUER + "/authorize",
        token_endpoint=ISSUER + "/token",
        introspection_endpoint=ISSUER + "/introspect",
        revocation_endpoint=ISSUER + "/revoke",
        userinfo_endpoint=ISSUER + "/userinfo",
        jwks_uri=ISSUER + "/jwks",
        scopes_supported=SCOPES,
        response_types_supported=["code"],
        grant_types_supported=["authorization_code", "refresh_token", "client_credentials"],
        subject_types_supported=["public"],
        id_token_signing_alg_values_supported=["RS256"],
        token_endpoint_auth_methods_supported=[*methods, "none"],
        code_challenge_methods_supported=["S256"],
        claims_supported=["sub", "name", "email", "iss", "aud", "exp", "iat", "nonce", "auth_time", "at_hash"],
        authorization_response_iss_parameter_supported=True,
    )


@app.after_request
def harden(answer):
    answer.headers.setdefault("Cache-Control", "no-store")
    answer.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


app.run("127.0.0.1", PORT, threaded=True)
