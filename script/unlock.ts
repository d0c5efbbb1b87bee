// `npm run unlock -- NAME --local` (or `--remote`): lifts the stop on an account's passwords. What its login gate counted
// is left behind, and the account goes on with a gate that has counted nothing.

import { execute, isWhere, quote } from './d1.ts';

const [name = '', ...where] = process.argv.slice(2);
// The names that can be registered, an apostrophe of an e-mail address included.
if (!/^[\w.+@'!#$%&*/=?^`{|}~-]{3,254}$/.test(name) || !isWhere(where)) {
  console.error('Usage: npm run unlock -- NAME --local|--remote   (NAME is a user name or an e-mail address)');
  process.exit(2);
}
const column = name.includes('@') ? 'email' : 'username';
const sql = `UPDATE user SET gate_epoch = gate_epoch + 1 WHERE ${column} = ${quote(name)} RETURNING username`;
const found = execute(sql, where);
console.log(found.length === 1 ? `Unlocked ${name}.` : `There is no user ${name}.`);
process.exit(found.length === 1 ? 0 : 1);
