// Texts that have broken programs: each is sent wherever a text can be sent.

/** Texts side by side, told apart by a mark that none of them holds; backslashes stand for themselves. */
const split = (text: string) => text.split('¦').map((part) => part.replace(/^\n|\n$/g, ''));

const fromCodes = (...codes: number[]) => codes.map((code) => String.fromCodePoint(code));
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** What looks like nothing at all. */
const BLANK = ['', ' ', '  ', '\t', '\n', '\r\n', ' \n ', '\u00a0', '\u2003', '\u3000', '\u200b\u200b', '\u2800'];

/** C0 and C1 control characters, alone and within a word. */
const CONTROLS = [
  ...fromCodes(...range(0x00, 0x1f), 0x7f, 0x80, 0x85, 0x9b, 0x9f),
  ...fromCodes(0x00, 0x07, 0x08, 0x1a, 0x1b, 0x7f, 0x85).map((control) => `before${control}after`),
  '\0\0\0\0\0\0\0\0',
  'secure_password\0',
  '\u001b[31mred\u001b[0m terminal',
  'line\rfeed\nReturn\r\nX-Injected: yes',
];

/** Every punctuation mark of ASCII, alone and doubled where that means something. */
const PUNCTUATION = [
  ...fromCodes(...range(0x21, 0x2f), ...range(0x3a, 0x40), ...range(0x5b, 0x60), ...range(0x7b, 0x7e)),
  ...split(`''¦""¦\`\`¦\\\\¦//¦..¦...¦--¦&&¦||¦;;¦%%¦{{¦}}¦<>¦()¦[]¦{}¦**¦??¦==¦+-¦~!@#$%^&*()_+\`-={}[]|\\:";'<>?,./`),
];

/** Code points of one kind alone: format, bidi, noncharacters, private use, surrogate pairs at the ends of planes. */
const CODE_POINTS = fromCodes(
  0xad,
  0x34f,
  0x61c,
  0x115f,
  0x180e,
  0x200b,
  0x200c,
  0x200d,
  0x200e,
  0x200f,
  0x2028,
  0x2029,
  0x202a,
  0x202b,
  0x202c,
  0x202d,
  0x202e,
  0x2060,
  0x2066,
  0x2067,
  0x2069,
  0x206f,
  0xd7ff,
  0xe000,
  0xf8ff,
  0xfdd0,
  0xfeff,
  0xfff9,
  0xfffc,
  0xfffd,
  0xfffe,
  0xffff,
  0x10000,
  0x1d173,
  0x1f595,
  0x1fffe,
  0x2a6df,
  0xe0001,
  0xe0100,
  0xf0000,
  0x10fffd,
  0x10ffff,
);

/** Not Unicode at all: halves of pairs, in either order. */
const SURROGATES = [
  '\ud800',
  '\udbff',
  '\udc00',
  '\udfff',
  '\udc00\ud800',
  'before\ud83dafter',
  'secure_password\udc00',
  '\ud83d\ud83d\ude00',
  '\ud800'.repeat(20),
];

/** The same to a reader, different bytes: normalisation, case, homoglyphs, width. */
const VARIANTS = [
  'e\u0301',
  '\u00e9',
  '\u212b\u00c5A\u030a',
  '\u1e9b\u0323',
  '\ufb01ligature',
  '\uac00\u1100\u1161',
  '\u0130stanbul \u0131',
  'stra\u00dfe STRASSE \u1e9e',
  '\u03c3\u03c2\u03a3',
  '\u0430dmin@ex\u0430mple.com',
  '\u13e2\u13df\u13aaadmin',
  '\uff41\uff44\uff4d\uff49\uff4e',
  '\uff07 OR \uff11=\uff11 --',
  '\uff1cscript\uff1ealert(1)\uff1c/script\uff1e',
  '\u2160\u2161\u2162\u2163',
  '\u1d56\u1d43\u02e2\u02e2 superscript',
  '\u{1d4d0}\u{1d4e4}\u{1d4e3}\u{1d4d7}',
  'a\u0315\u0300\u05ae\u0062',
  '\u0958\u0959',
  'Q\u0307\u0323 Q\u0323\u0307',
];

const WORLD = [
  '田中さんにあげて下さい',
  '社會科學院語學研究所',
  '찦차를 타고 온 펲시맨과 쑛다리 똠방각하',
  '𠜎𠜱𠝹𠱓𠱸𠲖𠳏',
  'Ⱥ Ⱦ change their length in lower case',
  'ثم نفس سقطت وبالتحديد،',
  'בְּרֵאשִׁית, בָּרָא אֱלֹהִים',
  'مُنَاقَشَةُ سُبُلِ اِسْتِخْدَامِ اللُّغَةِ',
  'Ω≈ç√∫˜µ≤≥÷',
  '₀₁₂ ⁰⁴⁵ ½⅓ ௧௨௩ ٠١٢',
  'ด้้้้้็็็็็้้้้้็็็็็้้้้้้้้็็็็็',
  'Z\u0351\u036b\u0343\u036a\u0302a\u0348\u0347\u0311l\u0332\u0306\u0327g\u0358\u0321\u0316o\u0328\u031b\u0330',
  `zalgo${'\u0300\u0316\u0334'.repeat(60)}`,
  '😍',
  '👩🏽‍💻',
  '👨‍👩‍👧‍👦'.repeat(12),
  '🏳️‍🌈🏴󠁧󠁢󠁥󠁮󠁧󠁿',
  '🇺🇸🇷🇺🇸 🇦🇫🇦',
  '0️⃣ 1️⃣ ✋🏿',
  '\u202etest\u202c upside \u2067down\u2069',
  'abc\u202egpj.exe',
  '\u200f\u202e\u200d'.repeat(8),
  '\ufeffbyte order mark',
  '\ufffemark the other way',
  'ﷺﷺﷺﷺﷺﷺ﷽',
];

const INJECTIONS = [
  ...split(`<script>alert(1)</script>¦"><img src=x onerror=alert(1)>¦javascript:alert(document.cookie)¦<svg/onload=alert(1)>
¦';alert(String.fromCharCode(88,83,83))//¦<!--#exec cmd="/bin/ls"-->¦<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>
¦</textarea></title>¦<a href="data:text/html,x">¦&lt;script&gt;&#x41;¦<![CDATA[ x ]]>¦<iframe srcdoc='x'>¦<b onmouseover=x>`),
  ...split(`' OR '1'='1¦" OR ""="¦'; DROP TABLE user; --¦1; SELECT pg_sleep(10)¦admin'--¦1' UNION SELECT password_hash FROM user --
¦' AND 1=randomblob(1000000000)--¦%' LIKE '%¦_%_¦\\'; --¦?1¦:name¦@param¦$1¦x'00'¦CAST(1 AS TEXT)¦') ON CONFLICT DO NOTHING --`),
  ...split(`"unclosed¦word AND¦OR OR OR¦NOT word¦NEAR(a b, 5)¦NEAR¦content : x¦scope:x¦-content : x¦{scope content} : x¦^first
¦"a" + "b"¦prefix*¦(((((¦a AND (b OR¦"""¦"" OR ""¦rank MATCH 'bm25(0,1)'¦chunk_index¦AND OR NOT¦*¦"*"`),
  ...split(`$(touch /tmp/x)¦\`id\`¦; cat /etc/passwd¦| sleep 10¦&& reboot¦\${IFS}¦$HOME¦%PATH%¦> /dev/null¦--help¦-rf /¦!!¦~root¦$'\\x41'
¦() { 0; }; touch /tmp/blns.shellshock¦eval("puts 'hello'")¦System("ls -al /")¦@{[system "touch /tmp/x"]}`),
  ...split(`../../etc/passwd¦..\\..\\boot.ini¦%2e%2e%2f%2e%2e%2fetc%2fpasswd¦/dev/null¦file:///etc/passwd¦C:\\CON\\CON¦\\\\server\\share
¦....//....//¦%00¦%0d%0aSet-Cookie:%20x=y¦%ff%fe¦%c0%ae%c0%ae/¦%¦%z¦%u0041¦%25%32%35¦a%2fb¦a%3fb¦http://169.254.169.254/¦//example.com`),
  ...split(`%s%s%s%s%n¦%d%x%08x¦%*.*s¦{0}{1}¦{{7*7}}¦\${7*7}¦<%= 7*7 %>¦#{7*7}¦{{constructor.constructor('x')()}}¦\${jndi:ldap://localhost/a}
¦{% raw %}¦[[x]]¦@(7*7)¦*{7*7}¦{php}x{/php}¦__\${T(java.lang.Runtime)}__::x¦\\u0000¦\\x00¦\\n\\r\\t`),
  ...split(
    `{"$gt": ""}¦{"a":1}¦[1,2]¦"quoted"¦{"__proto__":{"x":1}}¦[[[[[[[[¦{"a":¦,¦]}¦=cmd|' /C calc'!A0¦+1+1¦@SUM(1)¦*)(uid=*))(|(uid=*¦a=b&c=d¦a;b=c`,
  ),
];

const NUMBERS = split(
  `0¦-0¦1¦-1¦1.00¦1/2¦1E2¦1e309¦-1e309¦0x10¦0b1¦0o7¦1_000¦1,000.00¦+1¦ 1¦1 ¦01¦00¦.5¦5.¦NaN¦Infinity¦-Infinity¦INF¦1#QNAN¦
9007199254740993¦9223372036854775808¦-9223372036854775809¦4294967296¦2147483648¦1000001¦101¦99999999999999999999999999¦1e¦0x¦--1¦١¦Ⅷ¦１`,
);

const NAMES = split(
  `__proto__¦constructor¦prototype¦toString¦hasOwnProperty¦valueOf¦__defineGetter__¦then¦undefined¦null¦NULL¦(null)¦nil¦None
¦true¦false¦True¦[object Object]¦function(){}¦CON¦PRN¦AUX¦NUL¦COM1¦LPT1¦root¦admin¦system¦user:1:0¦ghost:0¦stranger¦*¦SELECT¦sqlite_master
¦today¦tomorrow¦2026-11-23T21:00:00Z¦2026-13-45¦0000-00-00¦1970-01-01¦23:59:60¦+275760-09-13¦localhost¦127.0.0.1¦::1¦Scunthorpe General
¦Bearer¦bearer token¦Basic dXNlcjpwYXNz¦a.b.c¦..¦eyJhbGciOiJub25lIn0.e30.¦eyJhbGciOiJIUzI1NiJ9.bnVsbA.AAAA¦00000000-0000-0000-0000-000000000000
¦ffffffff-ffff-ffff-ffff-ffffffffffff¦123E4567-E89B-42D3-A456-426614174000¦{123e4567-e89b-42d3-a456-426614174000}¦123e4567e89b42d3a456426614174000
¦a@b.co¦a@b¦@example.com¦a@@example.com¦"a b"@example.com¦a@[127.0.0.1]¦a@xn--80ak6aa92e.com¦.a@example.com¦a..b@example.com¦a+b@example.com`,
);

/** Around every limit that there is, and far beyond. */
const LENGTHS = [
  ...[2, 3, 14, 15, 63, 64, 65, 254, 255, 256, 1000, 1001, 1024, 1025, 2001, 8192, 8193, 17_000, 300_000].map(
    (length) => 'a'.repeat(length),
  ),
  ...[254, 255, 256, 1000, 1024].map((length) => 'é'.repeat(length)),
  ...[127, 255, 256, 1000].map((length) => '😀'.repeat(length)),
  `${'a'.repeat(64)}@${'b'.repeat(180)}.example`,
  'word '.repeat(200),
  '"'.repeat(500),
  '('.repeat(1000),
  '['.repeat(5000),
  '\\'.repeat(1000),
  '\0'.repeat(1000),
  Array.from({ length: 300 }, (_, i) => `w${i}`).join(' '),
  Array.from({ length: 180 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join(' '),
];

export const NAUGHTY_STRINGS: readonly string[] = [
  ...new Set([
    ...BLANK,
    ...CONTROLS,
    ...PUNCTUATION,
    ...CODE_POINTS,
    ...SURROGATES,
    ...VARIANTS,
    ...WORLD,
    ...INJECTIONS,
    ...NUMBERS,
    ...NAMES,
    ...LENGTHS,
  ]),
];
