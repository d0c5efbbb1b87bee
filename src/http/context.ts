// What a request carries from one middleware to the next.

/** Who a verified access token speaks for. */
export type Principal = { userId: string; sessionId: string };

export type AppEnv = {
  Variables: {
    requestId: string;
    /** Why the request was refused, in a word, for its log line. */
    reason: string | undefined;
    /** Set by the guard; only routes behind it may read it. */
    principal: Principal;
    /** Whether a cookie, and not the `Authorization` header, authenticated: answers then bring their tokens so, too. */
    cookieMode: boolean;
  };
};
