import { z } from 'zod';
import { excerpt } from '../../http/answer.ts';
import type { HttpAnswer } from '../http/http.ts';

const failure = z.object({
  exc_type: z.string().optional(),
  exception: z.string().optional(),
  /** JSON in JSON in JSON. */
  _server_messages: z.string().optional(),
});
const message = z.object({ message: z.string() });

/** What Frappe says, in one line: its messages for people, else the exception. */
export function whyOf({ text }: HttpAnswer): string {
  const parsed = failure.safeParse(jsonOf(text));
  if (!parsed.success) return excerpt(text);
  const { exc_type: type, exception, _server_messages: packed } = parsed.data;
  const said = z
    .array(z.string())
    .catch([])
    .parse(jsonOf(packed))
    .flatMap((one) => {
      const read = message.safeParse(jsonOf(one));
      // They are written for a browser.
      return read.success ? [read.data.message.replaceAll(/<[^>]{0,200}>/g, ' ')] : [];
    });
  const why = said.length > 0 ? said.join(' ') : (exception ?? text);
  return excerpt(type === undefined || why.includes(type) ? why : `${type}: ${why}`);
}

/** 409 is a name that is taken; a unique field that is taken is a validation, 417. */
export function isDuplicate({ status, text }: HttpAnswer): boolean {
  if (status === 409) return true;
  const parsed = failure.safeParse(jsonOf(text));
  return (
    status === 417 && parsed.success && /Unique|Duplicate/.test(parsed.data.exc_type ?? parsed.data.exception ?? '')
  );
}

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
