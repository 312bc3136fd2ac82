import { randomBytes, randomInt, scryptSync } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { PERSON_ROLES, type Person, type PersonRole } from '#shared/agent-api/answers.ts';
import { describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { JsonFile } from '#shared/runtime/json-file.ts';

const personName = z
  .string()
  .trim()
  .min(1)
  .max(48)
  .regex(/^[\p{L}\p{M}\p{N} .'-]+$/u, 'must be letters, digits, space, ".", "\'" or "-"');
export const pinSchema = z.string().regex(/^\d{6,12}$/, 'must be 6 to 12 digits');

const peopleFile = z.strictObject({
  /** One for all, so that a PIN alone says whose it is. */
  salt: z.string().regex(/^[0-9a-f]{32}$/),
  people: z
    .array(
      z.strictObject({
        name: personName,
        role: z.enum(PERSON_ROLES),
        createdAt: z.iso.datetime(),
        pinScrypt: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .max(500),
});
type PeopleFile = z.infer<typeof peopleFile>;

/** The people of the store: each is known by a PIN of their own, of which only a hash is kept (`people.json`). */
export class People {
  readonly #file: JsonFile<PeopleFile>;

  constructor(folder: string) {
    this.#file = new JsonFile(join(folder, 'people.json'), peopleFile, { salt: '', people: [] });
  }

  list(): (Person & { readonly createdAt: string })[] {
    return this.#file.get().people.map(({ name, role, createdAt }) => ({ name, role, createdAt }));
  }

  /** Whose PIN it is. Costs some 30 ms on purpose. */
  find(pin: string): Person | undefined {
    const { salt, people } = this.#file.get();
    if (people.length === 0) return undefined;
    const hashed = hashOf(pin, salt);
    const found = people.find(({ pinScrypt }) => pinScrypt === hashed);
    return found && { name: found.name, role: found.role };
  }

  /** When this person was added, under which they are another than one of the same name before; undefined: nobody. */
  addedAt({ name, role }: Person): string | undefined {
    return this.#file.get().people.find((one) => one.name === name && one.role === role)?.createdAt;
  }

  /** Adds a person; answers the PIN, which is shown this once. Throws CONFLICT, REQUEST_INVALID. */
  add(given: { name: string; role: PersonRole; pin?: string | undefined }, now: number): string {
    const parsed = z
      .strictObject({ name: personName, pin: pinSchema.optional() })
      .safeParse({ name: given.name, pin: given.pin });
    if (!parsed.success) throw new ShelfwireError('REQUEST_INVALID', describeIssues(parsed.error));
    const { name } = parsed.data;
    const { people, ...file } = this.#file.get();
    if (people.some((one) => one.name.toLowerCase() === name.toLowerCase())) {
      throw new ShelfwireError('CONFLICT', `There is somebody called "${name}" already.`);
    }
    const salt = file.salt === '' ? randomBytes(16).toString('hex') : file.salt;
    const isTaken = (pin: string) => people.some(({ pinScrypt }) => pinScrypt === hashOf(pin, salt));
    let pin = parsed.data.pin ?? newPin();
    if (parsed.data.pin !== undefined && isTaken(pin)) throw new ShelfwireError('CONFLICT', 'Choose another PIN.');
    while (isTaken(pin)) pin = newPin();
    const person = { name, role: given.role, createdAt: new Date(now).toISOString(), pinScrypt: hashOf(pin, salt) };
    this.#file.set({ salt, people: [...people, person] });
    return pin;
  }

  /** Takes a person's access away, also where they are signed in. Throws NOT_FOUND. */
  remove(name: string): void {
    const { salt, people } = this.#file.get();
    const kept = people.filter((one) => one.name !== name);
    if (kept.length === people.length) throw new ShelfwireError('NOT_FOUND', `There is nobody called "${name}".`);
    this.#file.set({ salt, people: kept });
  }
}

const newPin = (): string => String(randomInt(1_000_000)).padStart(6, '0');

const hashOf = (pin: string, salt: string): string =>
  scryptSync(pin, salt, 32, { N: 16_384, r: 8, p: 1 }).toString('hex');
