// wrangler hands a .bin file over as its bytes.

declare const bytes: ArrayBuffer;
export default bytes;
