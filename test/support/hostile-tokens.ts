// Tokens that must be refused, each for the reason beside it. All but the unsigned ones carry a right MAC for what they
// say, so that it is the named flaw that refuses them and not a broken signature.

import { encodeBase64url, encodeUtf8 } from '../../src/crypto/encoding.ts';
import type { Refusal } from '../../src/crypto/jwt.ts';
import { forge, HEADER, PREVIOUS_SECRET, SECRET, sign, soundClaims } from './forge.ts';

export type HostileToken = { name: string; reason: Refusal; token: string };

export async function hostileTokens(now: number): Promise<HostileToken[]> {
  const table: HostileToken[] = [];
  const add = async (name: string, reason: Refusal, token: string | Promise<string>) =>
    table.push({ name, reason, token: await token });
  const claims = soundClaims(now);
  const sound = await forge(HEADER, claims);
  const [head = '', body = '', mac = ''] = sound.split('.');
  const headerWith = (members: Record<string, unknown>) => forge({ ...HEADER, ...members }, claims);
  const claimsWith = (members: Record<string, unknown>) => forge(HEADER, { ...claims, ...members });
  const without = (name: string) =>
    forge(HEADER, Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name)));
  const rawClaims = (edit: (json: string) => string) => forge(HEADER, edit(JSON.stringify(claims)));

  // The algorithm is not the token's to choose (RFC 8725 §3.1).
  for (const alg of ['none', 'None', 'NONE', 'nOnE', '', ' none', 'none ', 'n\u043ene']) {
    await add(
      `alg ${JSON.stringify(alg)}, unsigned`,
      'algorithm',
      (await forge({ alg, typ: 'JWT' }, claims)).replace(/[^.]+$/, 'AA'),
    );
  }
  for (const alg of ['HS384', 'HS512', 'RS256', 'ES256', 'PS256', 'EdDSA', 'hs256', 'HS256 ', 'HMAC']) {
    await add(`alg ${JSON.stringify(alg)}`, 'algorithm', headerWith({ alg }));
  }
  await add('alg HS512, signed with HS512', 'algorithm', forge({ ...HEADER, alg: 'HS512' }, claims, SECRET, 'SHA-512'));
  await add('alg missing', 'algorithm', forge({ typ: 'JWT' }, claims));
  await add('alg null', 'algorithm', headerWith({ alg: null }));
  await add('alg a list', 'algorithm', headerWith({ alg: ['HS256'] }));
  await add('alg named twice', 'header', forge('{"alg":"HS256","alg":"HS256","typ":"JWT"}', claims));
  await add('alg named twice, once escaped', 'header', forge('{"alg":"HS256","\\u0061lg":"none"}', claims));

  // kid names a key of the ring or nothing.
  await add('kid of no key', 'unknown_key', headerWith({ kid: 'nobody' }));
  await add('kid a path', 'unknown_key', headerWith({ kid: '../../../../dev/null' }));
  await add('kid SQL', 'unknown_key', headerWith({ kid: "' UNION SELECT 'key" }));
  await add('kid empty', 'unknown_key', headerWith({ kid: '' }));
  await add('kid null', 'unknown_key', headerWith({ kid: null }));
  await add('kid a number', 'unknown_key', headerWith({ kid: 0 }));
  await add('kid __proto__', 'unknown_key', headerWith({ kid: '__proto__' }));
  await add('kid of 4,000 characters', 'unknown_key', headerWith({ kid: 'k'.repeat(4000) }));

  // Keys that a token brings along are never used.
  const own = 'k'.repeat(32);
  const jwk = { kty: 'oct', k: encodeBase64url(encodeUtf8(own)) };
  await add('jwk with the key that signed it', 'signature', forge({ ...HEADER, jwk }, claims, own));
  await add('jku', 'signature', forge({ ...HEADER, jku: 'https://attacker.example/keys' }, claims, own));
  await add('x5u', 'signature', forge({ ...HEADER, x5u: 'https://attacker.example/cert' }, claims, own));
  await add('x5c', 'signature', forge({ ...HEADER, x5c: ['MIIB'] }, claims, own));
  await add('signed with an empty key', 'signature', forge(HEADER, claims, '\0'));
  await add('signed with another key', 'signature', forge(HEADER, claims, own));

  // What would change the meaning of the rest.
  await add('crit', 'header', headerWith({ crit: ['exp'] }));
  await add('crit empty', 'header', headerWith({ crit: [] }));
  await add('b64 false', 'header', headerWith({ b64: false }));
  await add('cty JWT, a nested token', 'header', headerWith({ cty: 'JWT' }));
  await add('typ at+jwt', 'header', headerWith({ typ: 'at+jwt' }));
  await add('typ null', 'header', headerWith({ typ: null }));
  await add('typ a list', 'header', headerWith({ typ: ['JWT'] }));

  // One form only (RFC 7515 §3.1).
  await add('one part', 'malformed', head);
  await add('two parts', 'malformed', `${head}.${body}`);
  await add('four parts', 'malformed', `${sound}.${mac}`);
  await add('five parts, as in JWE', 'malformed', `${head}.${mac}.${mac}.${body}.${mac}`);
  await add('no signature', 'signature', `${head}.${body}.`);
  await add('no payload', 'payload', sign(`${head}.`));
  await add('no header', 'header', sign(`.${body}`));
  await add('dots only', 'header', '..');
  await add('padding on the signature', 'malformed', `${sound}=`);
  await add('padding on the header', 'header', sign(`${encodeBase64url(encodeUtf8('{"alg":"HS256"}'))}==.${body}`));
  await add('base64 alphabet', 'malformed', `${head}.${body}.${mac.slice(0, -2)}+/`);
  await add('a space inside', 'payload', sign(`${head}. ${body}`));
  await add('a tab inside', 'payload', sign(`${head}.${body}\t`));
  await add('padding on the payload', 'payload', sign(`${head}.${body}=`));
  await add('a space in the signature', 'malformed', `${head}.${body}.${mac.slice(0, 20)} ${mac.slice(20)}`);
  await add('a quoted token', 'header', `"${sound}"`);
  await add('a percent-encoded dot', 'malformed', sound.replace('.', '%2E'));
  await add('pad bits set in the signature', 'malformed', `${sound.slice(0, -1)}${nextLetter(sound.slice(-1))}`);
  await add('an impossible length of base64url', 'malformed', `${head}.${body}.${mac}AA`);
  await add('pad bits set in the payload', 'payload', sign(`${head}.${withPadBits(claims)}`));
  await add('signature cut short', 'signature', `${head}.${body}.${encodeBase64url(new Uint8Array(31))}`);
  await add(
    'signature of another token',
    'signature',
    `${head}.${encodeBase64url(encodeUtf8(JSON.stringify({ ...claims, role: 'admin' })))}.${mac}`,
  );
  await add('two tokens', 'malformed', `${sound}, ${sound}`);
  await add('a header of 7,600 letters', 'header', `${'A'.repeat(7600)}.${body}.${mac}`);
  await add('200,000 dots', 'too_long', '.'.repeat(200_000));
  await add('1 MB', 'too_long', `${head}.${'A'.repeat(1 << 20)}.${mac}`);
  await add('a sound token of more than 8 KB', 'too_long', claimsWith({ padding: 'x'.repeat(8000) }));

  // JSON objects in UTF-8, each name once.
  await add('header of invalid UTF-8', 'header', forge(new Uint8Array([123, 34, 0xff, 34, 58, 49, 125]), claims));
  await add(
    'payload of invalid UTF-8',
    'payload',
    forge(HEADER, new Uint8Array([123, 34, 0xc0, 0xaf, 34, 58, 49, 125])),
  );
  await add(
    'payload with a byte order mark',
    'payload',
    rawClaims((json) => `\ufeff${json}`),
  );
  await add('header a list', 'header', forge('[]', claims));
  await add('header null', 'header', forge('null', claims));
  await add('payload a list', 'payload', forge(HEADER, '[]'));
  await add('payload a string', 'payload', forge(HEADER, '"claims"'));
  await add('payload null', 'payload', forge(HEADER, 'null'));
  await add('payload not JSON', 'payload', forge(HEADER, '{exp:1}'));
  await add(
    'payload cut off',
    'payload',
    rawClaims((json) => json.slice(0, -1)),
  );
  await add(
    'payload and more',
    'payload',
    rawClaims((json) => `${json}{}`),
  );
  await add(
    'sub named twice',
    'payload',
    rawClaims((json) => json.replace('{', `{"sub":"${crypto.randomUUID()}",`)),
  );
  await add(
    'a name twice, deep inside',
    'payload',
    rawClaims((json) => json.replace('{', '{"x":[{"a":1,"a":2}],')),
  );
  await add('payload nested 3,000 deep', 'subject', claimsNestedInSub(claims));
  await add('JSON of depth 100,000', 'too_long', forge(HEADER, '['.repeat(100_000)));
  await add('header nested as deep as fits', 'header', forge('['.repeat(3000), claims));

  // Times are finite numbers of seconds (RFC 7519 §2).
  await add('exp missing', 'times', without('exp'));
  await add('exp a string', 'times', claimsWith({ exp: String(claims.exp) }));
  await add('exp null', 'times', claimsWith({ exp: null }));
  await add('exp a list', 'times', claimsWith({ exp: [claims.exp] }));
  await add(
    'exp NaN',
    'payload',
    rawClaims((json) => json.replace(/"exp":\d+/, '"exp":NaN')),
  );
  await add(
    'exp Infinity',
    'payload',
    rawClaims((json) => json.replace(/"exp":\d+/, '"exp":Infinity')),
  );
  await add(
    'exp 1e400',
    'times',
    rawClaims((json) => json.replace(/"exp":\d+/, '"exp":1e400')),
  );
  await add('exp in milliseconds', 'lifetime', claimsWith({ exp: claims.exp * 1000 }));
  await add('exp beyond the lifetime', 'lifetime', claimsWith({ exp: claims.exp + 1 }));
  await add('exp before iat', 'lifetime', claimsWith({ exp: claims.iat - 1 }));
  await add('iat missing', 'times', without('iat'));
  await add('iat a string', 'times', claimsWith({ iat: String(now) }));
  await add('iat ahead', 'not_yet_valid', claimsWith({ iat: now + 1000, exp: now + 1100 }));
  await add('nbf ahead', 'not_yet_valid', claimsWith({ nbf: now + 1000 }));
  await add('nbf a string', 'times', claimsWith({ nbf: '0' }));
  await add('expired this second', 'expired', claimsWith({ iat: now - 60, exp: now }));
  await add(
    'expired under a previous key',
    'expired',
    forge(HEADER, { ...claims, iat: now - 60, exp: now - 1 }, PREVIOUS_SECRET),
  );

  // Issuer, audience, subject, session.
  await add('iss missing', 'issuer', without('iss'));
  await add('iss of somebody else', 'issuer', claimsWith({ iss: 'https://attacker.example' }));
  await add('iss a list', 'issuer', claimsWith({ iss: ['rag-modulo'] }));
  await add('iss in capitals', 'issuer', claimsWith({ iss: 'RAG-MODULO' }));
  await add('aud of another service', 'audience', claimsWith({ aud: 'another-service' }));
  await add('sub missing', 'subject', without('sub'));
  await add('sub a number', 'subject', claimsWith({ sub: 1 }));
  await add('sub no UUID', 'subject', claimsWith({ sub: 'admin' }));
  await add('sub a UUID and a line feed', 'subject', claimsWith({ sub: `${claims.sub}\n` }));
  await add('sub SQL', 'subject', claimsWith({ sub: "' OR 1=1 --" }));
  await add('sid missing', 'session', without('sid'));
  await add('sid empty', 'session', claimsWith({ sid: '' }));
  await add('sid a number', 'session', claimsWith({ sid: 1 }));
  await add('jti missing', 'session', without('jti'));
  await add('jti null', 'session', claimsWith({ jti: null }));
  return table;
}

function nextLetter(letter: string): string {
  return String.fromCharCode(letter.charCodeAt(0) + 1);
}

/** A payload whose last character could be spelled otherwise, spelled otherwise. */
function withPadBits(claims: Record<string, unknown>): string {
  let json = JSON.stringify(claims);
  while (encodeUtf8(json).length % 3 !== 1) json += ' ';
  const encoded = encodeBase64url(encodeUtf8(json));
  return encoded.slice(0, -1) + nextLetter(encoded.slice(-1));
}

function claimsNestedInSub(claims: Record<string, unknown>): Promise<string> {
  const deep = `${'['.repeat(2500)}${']'.repeat(2500)}`;
  return forge(HEADER, JSON.stringify({ ...claims, sub: 0 }).replace('"sub":0', `"sub":${deep}`));
}
