// Long lists in pages: which one was asked for, and the headers that lead to the others (RFC 8288).

import type { Context } from 'hono';
import * as v from 'valibot';
import { query } from './validate.ts';

/** Rows of a list that is asked for without pages. */
const WHOLE_LIST = 1000;
const PAGE_SIZE = 20;
const MAX_PAGE_SIZE = 100;

const count = (most: number) =>
  v.optional(
    v.pipe(
      v.string(),
      v.digits(),
      v.metadata({ type: 'integer', pattern: undefined, minimum: 1, maximum: most }), // documented is what stands before a transformation
      v.transform(Number),
      v.minValue(1),
      v.maxValue(most),
    ),
  );

/** `page` from 1 and `page_size` from 1 to 100; either implies the other, neither is the whole list. */
export const pageQuery = query(v.object({ page: count(1_000_000), page_size: count(MAX_PAGE_SIZE) }));

export type Page = { limit: number; offset: number; number: number | undefined };

export function toPage({ page, page_size }: { page?: number | undefined; page_size?: number | undefined }): Page {
  if (page === undefined && page_size === undefined) return { limit: WHOLE_LIST, offset: 0, number: undefined };
  const [number, limit] = [page ?? 1, page_size ?? PAGE_SIZE];
  return { limit, offset: (number - 1) * limit, number };
}

/** Links are relative to the request: a Host header is not to be believed. */
export function setPageHeaders(c: Context, { limit, number }: Page, total: number): void {
  if (number === undefined) return;
  const last = Math.max(1, Math.ceil(total / limit));
  const link = (page: number, rel: string) => `<${c.req.path}?page=${page}&page_size=${limit}>; rel="${rel}"`;
  c.header('X-Total-Count', String(total));
  c.header('X-Page', String(number));
  c.header('X-Page-Size', String(limit));
  c.header('Link', [...(number < last ? [link(number + 1, 'next')] : []), link(last, 'last')].join(', '));
}
