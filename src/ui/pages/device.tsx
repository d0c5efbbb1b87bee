// The pages on which a person lets a device in (RFC 8628 §3.3): who they are, what asks, and what became of it. In braces
// stands what a request fills in.

import { Layout } from './layout.tsx';

export function DeviceLoginPage() {
  return (
    <Layout title="Log in a device">
      <h1>Log in a device</h1>
      <p>Enter the code that the device shows, and your own name and password. The device never sees them.</p>
      <p class="alarm" role="alert">
        {'{message}'}
      </p>
      <form method="post" action="/device">
        <CodeField />
        <label>
          User name or e-mail
          <input name="username" value="{username}" autocomplete="username" required maxlength={254} />
        </label>
        <label>
          Password
          <input name="password" type="password" autocomplete="current-password" required />
        </label>
        <button type="submit">Continue</button>
      </form>
    </Layout>
  );
}

/** For somebody who is logged in, but whose code is not one. */
export function DeviceCodePage() {
  return (
    <Layout title="Log in a device">
      <h1>Log in a device</h1>
      <p>Enter the code that the device shows.</p>
      <p class="alarm" role="alert">
        {'{message}'}
      </p>
      <form method="get" action="/device">
        <CodeField />
        <button type="submit">Continue</button>
      </form>
    </Layout>
  );
}

export function DeviceApprovePage() {
  return (
    <Layout title="Let this device in?">
      <h1>Let this device in?</h1>
      <p>
        It will act as <strong>{'{username}'}</strong> until it is logged out. Approve only what you started yourself, a
        moment ago, on a device before you.
      </p>
      <dl>
        <Row name="Calls itself">{'{client}'}</Row>
        <Row name="Program">{'{device}'}</Row>
        <Row name="From">{'{network}'}</Row>
        <Row name="Asked">{'{asked}'}</Row>
        <Row name="Code">{'{code}'}</Row>
      </dl>
      <form method="post" action="/device/decision">
        <input type="hidden" name="user_code" value="{code}" />
        <button type="submit" name="decision" value="approve">
          Approve
        </button>
        <button type="submit" name="decision" value="deny" class="quiet">
          Deny
        </button>
      </form>
    </Layout>
  );
}

export function DeviceDonePage() {
  return (
    <Layout title="{title}">
      <h1>{'{title}'}</h1>
      <p>{'{message}'}</p>
    </Layout>
  );
}

function CodeField() {
  return (
    <label>
      Code
      <input
        name="user_code"
        value="{code}"
        autocomplete="off"
        autocapitalize="characters"
        spellcheck={false}
        required
        maxlength={20}
      />
    </label>
  );
}

function Row({ name, children }: { name: string; children: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
