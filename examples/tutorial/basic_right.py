"""HTTP Basic done right: user name and password are taken apart, and the password is compared with a slow hash."""
import base64
import binascii
import hashlib
import hmac
import os

from flask import Flask, jsonify, request

app = Flask(__name__)
SALT = os.urandom(16)


def slow_hash(password):
    return hashlib.scrypt(password, salt=SALT, n=2**12, r=8, p=1)


# a database in real life, where each account has a salt of its own
ACCOUNTS = {b"alice": slow_hash(os.environ["ALICE_PASSWORD"].encode())}
# what unknown names are compared with, so that they take as long
NOBODY = slow_hash(os.urandom(16))


def user():
    """The name of who asks, or None (RFC 7617 section 2)."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, password = base64.b64decode(encoded.strip(" "), validate=True).partition(b":")
    except (binascii.Error, ValueError):
        return None
    known = ACCOUNTS.get(name)
    right = hmac.compare_digest(slow_hash(password), known or NOBODY)
    return name.decode() if colon and known and right else None


@app.get("/")
def hello():
    return jsonify(message="hello")


@app.get("/protected")
def protected():
    name = user()
    if name is None:
        challenge = 'Basic realm="tutorial", charset="UTF-8"'
        return jsonify(error="unauthorized"), 401, {"WWW-Authenticate": challenge}
    return jsonify(message=f"hello {name}")


@app.after_request
def said_of_every_answer(answer):
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


app.run(port=int(os.environ.get("PORT", "5000")), threaded=True)
