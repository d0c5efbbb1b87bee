// The first page: what this is, how to begin, how it does, and where to read on.

import type { describePolicy } from '../policy/policy.ts';
import { Layout } from './layout.tsx';

type Landing = {
  /** Where this server was asked, to be shown and nothing else: a Host header is not to be believed. */
  origin: string;
  version: string;
  healthy: boolean;
  policy: ReturnType<typeof describePolicy>;
};

export function LandingPage({ origin, version, healthy, policy }: Landing) {
  const json = `-H 'Content-Type: application/json'`;
  const user = '"username": "user@example.com", "password": "secure_password"';
  const { access_token, password, session, guesses, revocation } = policy;
  return (
    <Layout title="Edge Auth">
      <header>
        <h1>Edge Auth</h1>
        <p>Register, log in, get a bearer token, use it: an authentication service that runs at the edge.</p>
        <p class={healthy ? 'health' : 'health away'}>
          {healthy ? 'Healthy' : 'The database is away'} <span>version {version}</span>
        </p>
      </header>

      <nav aria-label="Documentation">
        <a href="/docs">Try the API</a>
        <a href="/openapi.json">OpenAPI 3.1</a>
        <a href="/.well-known/auth-policy">Policy</a>
        <a href="/health">Health</a>
      </nav>

      <h2>Three lines</h2>
      <Command about="Register:">{`curl ${origin}/api/auth/register ${json} \\
  -d '{${user}, "email": "user@example.com"}'`}</Command>
      <Command about="Log in:">{`TOKEN=$(curl -s ${origin}/api/auth/login ${json} \\
  -d '{${user}}' | sed -E 's/.*"access_token":"([^"]+)".*/\\1/')`}</Command>
      <Command about="Use the token:">{`curl ${origin}/api/auth/me -H "Authorization: Bearer $TOKEN"`}</Command>

      <h2>What it promises</h2>
      <dl>
        <Term name="Access token">
          {access_token.algorithm}, {access_token.lifetime_seconds} s
        </Term>
        <Term name="Session">
          {session.idle_seconds / 86_400} days unused, at most {session.max_per_user} of one user
        </Term>
        <Term name="Logged out">everywhere within {revocation.bound_seconds} s, no database read a request</Term>
        <Term name="Password">
          at least {password.min_length} characters, {password.hash.algorithm},{' '}
          {password.hash.iterations.toLocaleString('en')} iterations
        </Term>
        <Term name="Guessing">
          {guesses.free_failures} wrong ones from strangers, then waits of {guesses.first_delay_seconds / 60} to{' '}
          {guesses.max_delay_seconds / 60} minutes
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

function Term({ name, children }: { name: string; children: unknown }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
