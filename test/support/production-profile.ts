// Production as a local workerd does not show it: a clock that stands still, and a Web Crypto PBKDF2 that refuses more
// than 100,000 iterations. The Worker shares this isolate, so it meets both.

const stoppedAt = Date.now();
Date.now = () => stoppedAt;

const deriveBits = crypto.subtle.deriveBits.bind(crypto.subtle);
crypto.subtle.deriveBits = (algorithm, key, length) => {
  if (typeof algorithm === 'object' && (algorithm.iterations ?? 0) > 100_000) {
    throw new DOMException('Pbkdf2 failed: iteration counts above 100000 are not supported', 'NotSupportedError');
  }
  return deriveBits(algorithm, key, length);
};
