"""Logging in by OAuth 2 done right: state and PKCE of each login, bound to the browser; the tokens stay here, and the
browser gets a session of its own, new at each login and gone at logout."""
import functools
import os
import secrets

import requests
from flask import Flask, abort, jsonify, request
from oauthlib.oauth2 import OAuth2Error, WebApplicationClient

# the provider of a test may speak http on this machine
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
CLIENT_ID, CLIENT_SECRET = os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"]
PORT = int(os.environ.get("PORT", "5000"))
CALLBACK = f"http://127.0.0.1:{PORT}/callback"
ISSUER = os.environ["ISSUER"]
LIMIT = 256 * 1024

app = Flask(__name__)
# a store with a lifetime in real life
logins, sessions = {}, {}


def ask(method, url, **more):
    """A request that follows no redirect, waits for some seconds, and reads an answer of some length."""
    answer = requests.request(method, url, timeout=5, allow_redirects=False, stream=True, **more)
    text = answer.raw.read(LIMIT, decode_content=True)
    if answer.status_code != 200:
        raise ValueError(f"{url} answers {answer.status_code}")
    return text.decode()


@functools.cache
def metadata():
    """Asked for when the first user logs in; what failed is asked for again."""
    said = requests.models.complexjson.loads(ask("GET", ISSUER + "/.well-known/openid-configuration"))
    if said["issuer"] != ISSUER:
        raise ValueError("these are the metadata of another issuer")
    return said


@app.get("/login")
def login():
    client = WebApplicationClient(CLIENT_ID)
    try:
        provider = metadata()
    except (OSError, ValueError, KeyError, TypeError):
        abort(502)
    state = secrets.token_urlsafe(32)
    verifier = client.create_code_verifier(64)
    challenge = client.create_code_challenge(verifier, "S256")
    url = client.prepare_request_uri(
        provider["authorization_endpoint"], redirect_uri=CALLBACK, scope="profile", state=state,
        code_challenge=challenge, code_challenge_method="S256")
    browser = secrets.token_urlsafe(32)
    logins[browser] = (state, verifier)
    answer = jsonify(url=url)
    answer.set_cookie("login", browser, httponly=True, samesite="Lax")
    return answer


@app.get("/callback")
def callback():
    # one login, one callback: whatever comes of it, it is used up
    state, verifier = logins.pop(request.cookies.get("login"), (None, None))
    said = request.args
    if any(len(said.getlist(name)) > 1 for name in said) or not state:
        abort(400)
    if not secrets.compare_digest(said.get("state", "").encode(), state.encode()) or said.get("iss") != ISSUER:
        abort(400)
    if "error" in said or not said.get("code"):
        abort(400)
    try:
        user = redeem(said["code"], verifier)
    except (OAuth2Error, OSError, ValueError, KeyError, TypeError):
        abort(502)
    sessions.pop(request.cookies.get("session"), None)
    session = secrets.token_urlsafe(32)
    sessions[session] = user
    answer = jsonify(welcome=user["sub"])
    answer.set_cookie("session", session, httponly=True, samesite="Lax")
    answer.delete_cookie("login")
    return answer


def redeem(code, verifier):
    """Who the provider says logged in."""
    client, provider = WebApplicationClient(CLIENT_ID), metadata()
    body = client.prepare_request_body(code, redirect_uri=CALLBACK, code_verifier=verifier, include_client_id=False)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    text = ask("POST", provider["token_endpoint"], data=body, headers=form, auth=(CLIENT_ID, CLIENT_SECRET))
    tokens = client.parse_request_body_response(text)
    if str(tokens["token_type"]).lower() != "bearer":
        raise ValueError("a token of a type that is not understood")
    if not isinstance(tokens["access_token"], str) or not tokens["access_token"]:
        raise ValueError("an answer without a token")
    field = {"Authorization": f"Bearer {tokens['access_token']}"}
    user = requests.models.complexjson.loads(ask("GET", provider["userinfo_endpoint"], headers=field))
    if not isinstance(user["sub"], str) or not user["sub"]:
        raise ValueError("UserInfo without sub")
    return user


@app.get("/me")
def me():
    user = sessions.get(request.cookies.get("session"))
    return jsonify(sub=user["sub"] if user else None)


@app.post("/logout")
def logout():
    # a page of another site sends no cookie along, and ends nothing
    if sessions.pop(request.cookies.get("session"), None) is None:
        abort(403)
    answer = jsonify(bye=True)
    answer.delete_cookie("session")
    return answer


@app.after_request
def said_of_every_answer(answer):
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


app.run(port=PORT, threaded=True)
