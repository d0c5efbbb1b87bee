// Installs what package-lock.json asks for and node_modules lacks. Runs before anything else, on whatever Node there is.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const read = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return {};
  }
};

const installed = read('node_modules/.package-lock.json');
const missing = Object.entries(read('package-lock.json')).some(
  ([path, { version, optional }]) => path !== '' && !optional && installed[path]?.version !== version,
);

if (missing) {
  console.log('Installing (once) ...');
  // The packages bring their binaries along; their install scripts would only check for them. The engine warning is for
  // the Node that runs npm: every script of this project runs on the one that the installation brings.
  const { status } = spawnSync('npm ci --ignore-scripts --no-audit --no-fund --loglevel=error', {
    stdio: 'inherit',
    shell: true,
  });
  if (status !== 0) {
    console.error('npm ci failed: the lines above say why. It needs the npm registry once.');
    process.exit(1);
  }
}

// Scripts run on the first `node` that npm's PATH names: the installed one where there is one for this machine.
const { stdout } = spawnSync('node --version', { shell: true, encoding: 'utf8' });
const [major = 0, minor = 0] = (/\d+\.\d+/.exec(stdout)?.[0] ?? '').split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Node ${stdout.trim()} is too old for wrangler, and npm has no newer one for this machine: install Node 24.`,
  );
  process.exit(1);
}
