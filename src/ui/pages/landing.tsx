// The first page: what this is, how to begin, how it does, and where to read on. In braces stands what a request fills in.

import { Layout } from './layout.tsx';

const JSON_TYPE = `-H 'Content-Type: application/json'`;
const USER = '"username": "user@example.com", "password": "secure_password"';

export function LandingPage() {
  return (
    <Layout title="Edge Auth">
      <header>
        <h1>Edge Auth</h1>
        <p>Register, log in, get a bearer token, use it: an authentication service that runs at the edge.</p>
        <p class="health {state}">
          {'{health}'} <span>version {'{version}'}</span>
        </p>
      </header>

      <nav aria-label="Documentation">
        <a href="/docs">Try the API</a>
        <a href="/openapi.json">OpenAPI 3.1</a>
        <a href="/.well-known/auth-policy">Policy</a>
        <a href="/health">Health</a>
      </nav>

      <h2>Three lines</h2>
      <Command about="Register:">{`curl {origin}/api/auth/register ${JSON_TYPE} \\
  -d '{${USER}, "email": "user@example.com"}'`}</Command>
      <Command about="Log in:">{`TOKEN=$(curl -s {origin}/api/auth/login ${JSON_TYPE} \\
  -d '{${USER}}' \\
  | sed -E 's/.*"access_token":"([^"]+)".*/\\1/')`}</Command>
      <Command about="Use the token:">{`curl {origin}/api/auth/me -H "Authorization: Bearer $TOKEN"`}</Command>

      <h2>What it promises</h2>
      <dl>
        <Term name="Access token">{'{algorithm}, {lifetimeSeconds} s'}</Term>
        <Term name="Session">{'{idleDays} days unused, at most {maxSessions} of one user'}</Term>
        <Term name="Logged out">{'everywhere within {boundSeconds} s, with no database read a request'}</Term>
        <Term name="Password">{'at least {minLength} characters, {hash}, {iterations} iterations'}</Term>
        <Term name="Guessing">
          {'{freeFailures} wrong ones from strangers, then waits of {firstMinutes} to {maxMinutes} minutes'}
        </Term>
      </dl>
    </Layout>
  );
}

function Command({ about, children }: { about: string; children: string }) {
  return (
    <figure>
      <figcaption>{about}</figcaption>
      {/* What scrolls must be reachable by keyboard. */}
      <pre tabindex={0}>
        <code>{children}</code>
      </pre>
    </figure>
  );
}

function Term({ name, children }: { name: string; children: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
