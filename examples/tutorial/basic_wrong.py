"""HTTP Basic as the tutorial has it: what stands behind the scheme is base64 of user:password, and it is compared
with the user name."""
import os

from flask import Flask, jsonify, request

app = Flask(__name__)
USER_NAME = "alice"


@app.get("/")
def hello():
    return jsonify(message="hello")


@app.get("/protected")
def protected():
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic" and encoded == USER_NAME:
        return jsonify(message=f"hello {USER_NAME}")
    return jsonify(error="unauthorized"), 401, {"WWW-Authenticate": 'Basic realm="tutorial"'}


app.run(port=int(os.environ.get("PORT", "5000")), threaded=True)
