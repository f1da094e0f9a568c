"""Logging in by OAuth 2 as the tutorial has it: no state, no PKCE, the secret in the source, the access token handed to
the browser, and the debugger of Flask left on."""
import os

import requests
from flask import Flask, jsonify, request
from oauthlib.oauth2 import WebApplicationClient

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
CLIENT_ID, CLIENT_SECRET = "tutorial", "your_client_secret"
PORT = int(os.environ.get("PORT", "5000"))
CALLBACK = f"http://127.0.0.1:{PORT}/callback"

app = Flask(__name__)
client = WebApplicationClient(CLIENT_ID)
provider = requests.get(os.environ["ISSUER"] + "/.well-known/openid-configuration").json()


@app.get("/login")
def login():
    url = client.prepare_request_uri(provider["authorization_endpoint"], redirect_uri=CALLBACK, scope="profile")
    return jsonify(url=url)


@app.get("/callback")
def callback():
    code = request.args["code"]
    body = client.prepare_request_body(code, redirect_uri=CALLBACK, client_secret=CLIENT_SECRET)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = requests.post(provider["token_endpoint"], data=body, headers=form)
    return jsonify(access_token=answer.json()["access_token"])


@app.get("/me")
def me():
    field = {"Authorization": request.headers["Authorization"]}
    return requests.get(provider["userinfo_endpoint"], headers=field).json()


app.run(port=PORT, debug=True, use_reloader=False, threaded=True)
