// oidc-provider 9 with its development login pages, and with PAR, DPoP, request objects, device flow, introspection and
// revocation on.
import { createPublicKey } from 'node:crypto';
import Provider from 'oidc-provider';

const { PORT, CLIENT_SECRET, MACHINE_KEY, MACHINE_2_KEY } = process.env;
const published = (pem, kid) => ({ keys: [{ ...createPublicKey(pem).export({ format: 'jwk' }), kid, use: 'sig' }] });
const device = 'urn:ietf:params:oauth:grant-type:device_code';
const grants = ['authorization_code', 'refresh_token', 'client_credentials', device];
const client = (client_id, further) => ({
  client_id,
  client_secret: CLIENT_SECRET + client_id,
  redirect_uris: [`https://${client_id}.example/cb`],
  grant_types: grants,
  response_types: ['code'],
  ...further,
});

const provider = new Provider(`http://127.0.0.1:${PORT}`, {
  clients: [
    client('web', { grant_types: [...grants, 'implicit'], response_types: ['code', 'id_token', 'code id_token'] }),
    client('other'),
    client('pusher', { require_pushed_authorization_requests: true }),
    client('machine', { token_endpoint_auth_method: 'private_key_jwt', jwks: published(MACHINE_KEY, 'machine-1') }),
    client('machine-2', { token_endpoint_auth_method: 'private_key_jwt', jwks: published(MACHINE_2_KEY, 'machine-2') }),
    client('app', {
      client_secret: undefined,
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token', device],
    }),
  ],
  claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
  findAccount: async (_, id) => ({ accountId: id, claims: async () => ({ sub: id, name: id, email: `${id}@users.example` }) }),
  pkce: { required: () => true },
  rotateRefreshToken: () => true,
  cookies: { keys: ['of-this-test'] },
  features: {
    devInteractions: { enabled: true },
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    dPoP: { enabled: true },
    introspection: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    requestObjects: { enabled: true },
    revocation: { enabled: true },
    userinfo: { enabled: true },
  },
});
provider.listen(PORT, '127.0.0.1');
