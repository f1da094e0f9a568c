// A relying party on openid-client 6 and express. BAD names what this glue forgets: no-state, constant-state,
// no-nonce, no-pkce, unchecked-id-token; several with commas.
import express from 'express';
import session from 'express-session';
import * as oidc from 'openid-client';

const { PORT, ISSUER, CLIENT_ID, CLIENT_SECRET, BAD = '' } = process.env;
const bad = (what) => BAD.split(',').includes(what);
const redirect_uri = `http://127.0.0.1:${PORT}/callback`;

let found;
const provider = async () => (found ??= await oidc.discovery(new URL(ISSUER), CLIENT_ID, CLIENT_SECRET || undefined));

const app = express();
app.use(session({ name: 'sid', secret: 'of-this-test', resave: false, saveUninitialized: false, cookie: { httpOnly: true, sameSite: 'lax' } }));

app.get('/login', async (req, res) => {
  const state = bad('constant-state') ? 'xyz' : oidc.randomState();
  const login = { nonce: oidc.randomNonce(), verifier: oidc.randomPKCECodeVerifier() };
  const query = { redirect_uri, scope: 'openid profile email' };
  if (!bad('no-state')) query.state = state;
  if (!bad('no-nonce')) query.nonce = login.nonce;
  if (!bad('no-pkce')) {
    query.code_challenge = await oidc.calculatePKCECodeChallenge(login.verifier);
    query.code_challenge_method = 'S256';
  }
  // by state, so that two logins of one browser stay apart
  req.session.logins = { ...req.session.logins, [query.state ?? 'only']: login };
  res.redirect(oidc.buildAuthorizationUrl(await provider(), query).href);
});

// What is found in tutorials: the token request by hand, and the ID token read as if it were a letter.
async function uncheckedSubject(url, login) {
  const { token_endpoint } = (await provider()).serverMetadata();
  const form = { grant_type: 'authorization_code', code: url.searchParams.get('code'), redirect_uri, code_verifier: login.verifier };
  const authorization = 'Basic ' + btoa(`${CLIENT_ID}:${CLIENT_SECRET}`);
  const answer = await fetch(token_endpoint, { method: 'POST', headers: { authorization }, body: new URLSearchParams(form) });
  return JSON.parse(atob((await answer.json()).id_token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/'))).sub;
}

async function subject(url, login) {
  const tokens = await oidc.authorizationCodeGrant(await provider(), url, {
    idTokenExpected: true,
    expectedState: bad('no-state') ? oidc.skipStateCheck : url.searchParams.get('state'),
    expectedNonce: bad('no-nonce') ? undefined : login.nonce,
    pkceCodeVerifier: bad('no-pkce') ? undefined : login.verifier,
  });
  return tokens.claims().sub;
}

app.get('/callback', async (req, res) => {
  const url = new URL(req.originalUrl, redirect_uri);
  const state = bad('no-state') ? 'only' : url.searchParams.get('state');
  // a glue that binds the answer to no browser doesn't ask whether this one began a login
  const bound = !(bad('no-nonce') && bad('no-pkce'));
  const { [state]: login, ...others } = req.session.logins ?? {};
  if (!login && bound) return res.status(400).type('text').send('no such login');
  req.session.logins = others;
  try {
    const sub = await (bad('unchecked-id-token') ? uncheckedSubject : subject)(url, login);
    req.session.regenerate(() => {
      req.session.sub = sub;
      res.redirect('/me');
    });
  } catch (error) {
    res.status(401).type('text').send('login failed');
  }
});

app.get('/me', (req, res) => (req.session.sub ? res.json({ sub: req.session.sub }) : res.status(401).json({})));
app.post('/logout', (req, res) => req.session.destroy(() => res.json({})));
app.get('/', (req, res) => res.send('ready'));
app.listen(PORT, '127.0.0.1');
