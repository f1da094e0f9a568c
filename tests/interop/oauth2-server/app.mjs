// An authorization server on @node-oauth/oauth2-server 5 and express, with everything in memory.
import crypto from 'node:crypto';
import express from 'express';
import OAuth2Server from '@node-oauth/oauth2-server';

const { PORT, CLIENT_SECRET } = process.env;
const issuer = `http://127.0.0.1:${PORT}`;
const users = { alice: 'wonderland', mallory: 'wonderland-too' };
const grants = ['authorization_code', 'refresh_token', 'client_credentials'];
const client = (id, secret) => ({ id, secret, redirectUris: [`https://${id}.example/cb`], grants: secret ? grants : grants.slice(0, 2) });
const clients = Object.fromEntries([client('web', CLIENT_SECRET + 'web'), client('other', CLIENT_SECRET + 'other'), client('app')].map((one) => [one.id, one]));
const [codes, access, refresh] = [new Map(), new Map(), new Map()];
const spent = new Map(); // code or refresh token -> its family
const same = (a, b) => a.length === b.length && crypto.timingSafeEqual(Buffer.from(a), Buffer.from(b));

const model = {
  // the authorization endpoint asks with null; a token request without a secret comes with undefined
  getClient: async (id, secret) => {
    const found = Object.hasOwn(clients, id) && clients[id];
    if (!found) return null;
    return secret === null || !found.secret || same(found.secret, String(secret ?? '')) ? found : null;
  },
  getUserFromClient: async (client) => ({ id: client.id }),
  saveAuthorizationCode: async (code, client, user) => {
    codes.set(code.authorizationCode, { ...code, client, user: { ...user, family: crypto.randomUUID() } });
    return codes.get(code.authorizationCode);
  },
  getAuthorizationCode: async (code) => used(code) ?? codes.get(code),
  revokeAuthorizationCode: async (code) => spend(codes, code.authorizationCode, code),
  saveToken: async (token, client, user) => {
    const saved = { ...token, client, user };
    access.set(token.accessToken, saved);
    if (token.refreshToken) refresh.set(token.refreshToken, saved);
    return saved;
  },
  getAccessToken: async (token) => access.get(token),
  getRefreshToken: async (token) => used(token) ?? refresh.get(token),
  revokeToken: async (token) => spend(refresh, token.refreshToken, token),
  validateScope: async (user, client, scope) => (scope ?? ['read']).every((one) => ['read', 'write'].includes(one)) && (scope ?? ['read']),
};

// whoever redeems something twice ends everything that came of it (RFC 9700 sections 2.1.1 and 4.14)
function used(value) {
  if (spent.has(value)) endFamily(spent.get(value));
}

function endFamily(family) {
  for (const tokens of [access, refresh]) for (const [value, one] of tokens) if (one.user.family === family) tokens.delete(value);
}

function spend(from, value, { user }) {
  spent.set(value, user.family);
  return from.delete(value);
}

const server = new OAuth2Server({ model });
const app = express();
app.use(express.urlencoded({ extended: false }));
app.use((_, res, next) => {
  res.set({ 'Cache-Control': 'no-store', 'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'", 'Referrer-Policy': 'no-referrer' });
  next();
});

const answer = (res, { status = 200, headers, body }) => res.status(status).set(headers).send(body);
const escaped = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

// One page for login and consent. Who may be sent back where is asked before it is shown.
app.get('/authorize', (req, res) => {
  const query = new URL(req.originalUrl, issuer).searchParams;
  if (new Set(query.keys()).size < query.size) return res.status(400).type('text').send('a parameter twice');
  const known = Object.hasOwn(clients, query.get('client_id')) && clients[query.get('client_id')];
  if (!known || !known.redirectUris.includes(query.get('redirect_uri'))) return res.status(400).type('text').send('unknown client or address');
  const hidden = [...query].map(([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`);
  res.send(`<form method="post" action="/authorize">${hidden.join('')}
    <label>Name <input name="username"></label> <label>Password <input name="password" type="password"></label>
    <button name="allowed" value="true">Log in and allow</button> <button name="allowed" value="false">Deny</button></form>`);
});

app.post('/authorize', async (req, res) => {
  const { username, password, allowed, ...query } = req.body;
  const client = clients[query.client_id];
  const response = new OAuth2Server.Response({ headers: {} });
  const request = new OAuth2Server.Request({ method: 'GET', headers: {}, query: { ...query, allowed } });
  if (allowed !== 'false' && !(Object.hasOwn(users, username) && users[username] === password)) return res.status(403).type('text').send('wrong name or password');
  try {
    // the library has no option that demands PKCE, and takes a method without a challenge
    if (query.code_challenge_method !== 'S256' || !query.code_challenge) throw new OAuth2Server.InvalidRequestError('code_challenge with S256 is required');
    await server.authorize(request, response, { authenticateHandler: { handle: () => ({ id: username }) }, allowEmptyState: true });
  } catch (error) {
    const known = client && client.redirectUris.includes(query.redirect_uri);
    if (!known) return res.status(error.code ?? 500).type('text').send(error.message);
    if (!response.headers.location) {
      const back = new URL(query.redirect_uri);
      back.searchParams.set('error', error.name);
      if (query.state) back.searchParams.set('state', query.state);
      response.headers.location = back.href;
    }
  }
  const back = new URL(response.headers.location);
  back.searchParams.set('iss', issuer); // RFC 9207
  res.redirect(303, back.href); // a 302 may repeat the password at the client (RFC 9700 section 4.12)
});

app.post('/token', async (req, res) => {
  const response = new OAuth2Server.Response({ headers: {} });
  const isPublic = Object.hasOwn(clients, req.body?.client_id ?? '') && !clients[req.body.client_id].secret;
  const optional = { authorization_code: false, refresh_token: false };
  try {
    await server.token(new OAuth2Server.Request(req), response, { requireClientAuthentication: isPublic ? optional : {}, alwaysIssueNewRefreshToken: true });
    answer(res, response);
  } catch (error) {
    res.status(error.code ?? 500).set(response.headers).json({ error: error.name, error_description: error.message });
  }
});

// The library has neither introspection nor revocation.
const authenticated = (req, res, next) => {
  const [, basic] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(req.get('authorization') ?? '') ?? [];
  const [id, secret] = basic ? Buffer.from(basic, 'base64').toString().split(':').map(decodeURIComponent) : [req.body?.client_id, req.body?.client_secret];
  const found = Object.hasOwn(clients, id ?? '') && clients[id];
  if (!found?.secret || !same(found.secret, String(secret ?? ''))) return res.status(401).set('WWW-Authenticate', 'Basic realm="interop"').json({ error: 'invalid_client' });
  if (!req.body?.token) return res.status(400).json({ error: 'invalid_request' });
  req.client = found;
  next();
};

app.post('/introspect', authenticated, (req, res) => {
  const token = access.get(req.body.token);
  if (!token || token.client.id !== req.client.id || token.accessTokenExpiresAt < new Date()) return res.json({ active: false });
  res.json({ active: true, client_id: token.client.id, sub: token.user.id, scope: token.scope.join(' '), exp: Math.floor(token.accessTokenExpiresAt / 1000) });
});

app.post('/revoke', authenticated, (req, res) => {
  const token = access.get(req.body.token) ?? refresh.get(req.body.token);
  if (token?.client.id === req.client.id) {
    access.delete(token.accessToken);
    if (token.refreshToken === req.body.token) endFamily(token.user.family);
  }
  res.end();
});

app.get('/.well-known/oauth-authorization-server', (_, res) =>
  res.json({
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    introspection_endpoint: `${issuer}/introspect`,
    revocation_endpoint: `${issuer}/revoke`,
    scopes_supported: ['read', 'write'],
    response_types_supported: ['code'],
    grant_types_supported: grants,
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    authorization_response_iss_parameter_supported: true,
  }),
);
app.listen(PORT, '127.0.0.1');
