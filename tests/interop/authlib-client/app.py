"""A relying party on Authlib and Flask. BAD names what this glue forgets: no-state, constant-state, no-nonce, no-pkce,
unchecked-id-token; several with commas."""

import base64
import json
import os

import requests
from authlib.integrations.flask_client import OAuth
from cachelib import SimpleCache
from flask import Flask, jsonify, redirect, request, session
from flask_session import Session

BAD = os.environ.get("BAD", "").split(",")
ISSUER = os.environ["ISSUER"]
METADATA = ISSUER + "/.well-known/openid-configuration"
CLIENT = (os.environ["CLIENT_ID"], os.environ.get("CLIENT_SECRET") or None)
CALLBACK = f"http://127.0.0.1:{os.environ['PORT']}/callback"
BY_HAND = {"no-state", "no-nonce", "constant-state", "unchecked-id-token"} & set(BAD)

app = Flask(__name__)
app.config.update(
    SESSION_TYPE="cachelib", SESSION_CACHELIB=SimpleCache(), SESSION_PERMANENT=False, SESSION_COOKIE_SAMESITE="Lax"
)
Session(app)
provider = OAuth(app).register(
    "provider",
    client_id=CLIENT[0],
    client_secret=CLIENT[1],
    server_metadata_url=METADATA,
    client_kwargs={
        "scope": "openid profile email",
        "code_challenge_method": None if "no-pkce" in BAD else "S256",
        "token_endpoint_auth_method": "client_secret_basic" if CLIENT[1] else "none",
    },
)


@app.get("/login")
def login():
    further = {}
    if "constant-state" in BAD:
        further["state"] = "xyz"
    answer = provider.authorize_redirect(CALLBACK, **further)
    # the library writes both by itself; who builds the address by hand forgets them
    forgotten = [name for name in ("state", "nonce") if f"no-{name}" in BAD]
    if forgotten:
        address, query = answer.location.split("?")
        kept = [pair for pair in query.split("&") if pair.split("=")[0] not in forgotten]
        return redirect(address + "?" + "&".join(kept))
    return answer


def subject():
    """Who logged in, as the library says it."""
    return provider.authorize_access_token()["userinfo"]["sub"]


def subject_by_hand():
    """What is found in tutorials: the code is redeemed whoever brings it, and the ID token read without a check."""
    pending = [value["data"] for key, value in session.items() if key.startswith("_state_provider_")]
    form = {"grant_type": "authorization_code", "code": request.args["code"], "redirect_uri": CALLBACK}
    if pending and "code_verifier" in pending[-1]:
        form["code_verifier"] = pending[-1]["code_verifier"]
    endpoint = requests.get(METADATA, timeout=5).json()["token_endpoint"]
    answer = requests.post(endpoint, data=form, auth=CLIENT, timeout=5).json()
    payload = answer["id_token"].split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=="))["sub"]


@app.get("/callback")
def callback():
    try:
        sub = subject_by_hand() if BY_HAND else subject()
    except Exception:
        return "login failed", 401
    if not sub:  # the library takes an empty one
        return "nobody", 401
    app.session_interface.regenerate(session)
    session["sub"] = sub
    return redirect("/me")


@app.get("/me")
def me():
    return jsonify(sub=session["sub"]) if "sub" in session else (jsonify(), 401)


@app.post("/logout")
def logout():
    session.clear()
    return jsonify()


@app.get("/")
def ready():
    return "ready"


app.run("127.0.0.1", int(os.environ["PORT"]), threaded=True)
