// What the bench uses of a package that comes without types.

declare module 'jsonwebtoken' {
  type Options = { algorithms: string[]; issuer: string };
  const jsonwebtoken: {
    sign(claims: object, secret: string, options: { algorithm: string }): string;
    verify(token: string, secret: string, options: Options): unknown;
  };
  export default jsonwebtoken;
}
