// A certified OpenID provider for the tests: node provider.js REDIRECT_URI SIGN_OUT_URI
// Prints its issuer when it listens. Whoever signs in as NAME is what PEOPLE says of NAME.
import { createServer } from "node:http";
import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";

const PEOPLE = {
  ola: { name: "Ola Kierownik", groups: ["halo-administratorzy", "wszyscy"] },
  jan: { name: "Jan Redaktor", groups: ["halo-redaktorzy"] },
  ktos: { name: "Ktoś Inny", groups: ["wszyscy"] },
};
const [redirectUri, signOutUri] = process.argv.slice(2);
const server = createServer();

server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "halo",
        client_secret: "sekret-tylko-do-testow",
        redirect_uris: [redirectUri],
        post_logout_redirect_uris: [signOutUri],
      },
    ],
    claims: { openid: ["sub"], profile: ["name", "preferred_username", "groups"], email: ["email"] },
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256" }] },
    cookies: { keys: ["only for these tests"] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: id, ...PEOPLE[id] }),
    }),
  });
  server.on("request", provider.callback());
  console.log(issuer);
});
