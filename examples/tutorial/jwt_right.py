"""JWTs done right: a key from outside, one algorithm, and every claim that the decision rests on is demanded."""
import os
import secrets
import time

import jwt
from flask import Flask, jsonify, request

app = Flask(__name__)
SECRET_KEY = os.environ["JWT_KEY"]
ISSUER = AUDIENCE = "https://tutorial.example"
USERS = {"alice": os.environ["ALICE_PASSWORD"]}
LIFETIME = 600


@app.post("/login")
def login():
    said = request.get_json(silent=True)
    said = said if isinstance(said, dict) else {}
    name, password = said.get("username"), said.get("password")
    known = USERS.get(name) if isinstance(name, str) else None
    if known is None or not isinstance(password, str) or not secrets.compare_digest(known.encode(), password.encode()):
        return jsonify(error="invalid credentials"), 401
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": name, "iat": now, "exp": now + LIFETIME}
    token = jwt.encode(claims, SECRET_KEY, algorithm="HS256", headers={"typ": "at+jwt"})
    return jsonify(token=token)


def claims_of(token):
    """The claims of a token that is ours and alive; otherwise jwt.PyJWTError."""
    if jwt.get_unverified_header(token).get("typ", "").lower() not in ("at+jwt", "application/at+jwt"):
        raise jwt.InvalidTokenError("this is no access token")
    rules = {"require": ["iss", "aud", "sub", "exp"]}
    claims = jwt.decode(token, SECRET_KEY, algorithms=["HS256"], issuer=ISSUER, audience=AUDIENCE, options=rules)
    if not isinstance(claims["exp"], (int, float)) or not isinstance(claims["iss"], str):
        raise jwt.InvalidTokenError("a claim has the wrong type")
    return claims


def refusal(error=None):
    challenge = 'Bearer realm="tutorial"' + (f', error="{error}"' if error else "")
    return jsonify(error=error or "unauthorized"), 401, {"WWW-Authenticate": challenge}


@app.get("/protected-resource")
def protected():
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return refusal()
    try:
        claims = claims_of(token.strip(" "))
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError):
        return refusal("invalid_token")
    return jsonify(message=f"hello {claims['sub']}")


@app.after_request
def said_of_every_answer(answer):
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


app.run(port=int(os.environ.get("PORT", "5000")), threaded=True)
