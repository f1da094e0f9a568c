"""JWTs as the tutorial has them: the key is in the source, the whole `Bearer x` field is verified, the token's header
says by which algorithm, and a token without exp lives for ever."""
import datetime
import os

import jwt
from flask import Flask, jsonify, request

app = Flask(__name__)
SECRET_KEY = "your_secret_key_that_everybody_can_read"
USERS = {"alice": "Wonderland-42"}


@app.post("/login")
def login():
    said = request.get_json()
    if USERS.get(said.get("username")) != said.get("password"):
        return jsonify(error="invalid credentials"), 401
    now = datetime.datetime.now(datetime.timezone.utc)
    claims = {"sub": said["username"], "exp": now + datetime.timedelta(hours=1)}
    return jsonify(token=jwt.encode(claims, SECRET_KEY, algorithm="HS256"))


@app.get("/protected-resource")
def protected():
    token = request.headers.get("Authorization", "")
    try:
        algorithm = jwt.get_unverified_header(token)["alg"]
        claims = jwt.decode(token, SECRET_KEY, algorithms=[algorithm])
    except jwt.PyJWTError:
        return jsonify(error="invalid token"), 401, {"WWW-Authenticate": "Bearer"}
    return jsonify(message=f"hello {claims.get('sub')}")


app.run(port=int(os.environ.get("PORT", "5000")), threaded=True)
