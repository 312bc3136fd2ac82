import { nearestName } from '#hub/rules/nearest-name.ts';
import type { RulesPath } from '#hub/rules/rules-problem.ts';
import type { RulesRead } from './read-rules.ts';
import { SECTIONS } from './rules-document.ts';

/** What the database knows of the names that a document speaks of. */
export interface KnownNames {
  readonly locations: ReadonlySet<string>;
  readonly categories: ReadonlySet<string>;
  /** Of the document's skus those that are products. */
  readonly skus: ReadonlySet<string>;
  /** For a sku that is none, products whose skus stand near it. */
  readonly skusNear: ReadonlyMap<string, readonly string[]>;
}

/** A category is there when some product has it. */
const GIVE_CATEGORY =
  'A category comes with its products: PUT /v1/products {"products": [{"sku": "...", "name": "...", "category": "..."}]}.';

/** Each name that is spoken of exists: groups and channels in the document, the others in the database. */
export function checkReferences({ document, problems, leftOut }: RulesRead, known: KnownNames | undefined): void {
  if (document === undefined) return;
  const groups = new Set([...document.groups.map(({ code }) => code), ...leftOut.groups]);
  const channels = new Set([...document.channels.map(({ code }) => code), ...leftOut.channels]);

  const refuse = (what: string, name: string, path: RulesPath, among: Iterable<string>, otherwise: string) => {
    const meant = nearestName(name, among);
    const remedy = meant === undefined ? otherwise : `Did you mean ${meant}? ${otherwise}`;
    problems.add('unknown-name', path, `There is no ${what} ${name}.`, remedy);
  };
  const check = {
    location: (name: string, path: RulesPath) => {
      if (known === undefined || known.locations.has(name)) return;
      refuse('location', name, path, known.locations, 'Create it first: shelfwire-hub store create --store CODE.');
    },
    group: (name: string, path: RulesPath) => {
      if (!groups.has(name)) refuse('group', name, path, groups, 'Add it to `groups`.');
    },
    channel: (name: string, path: RulesPath) => {
      if (!channels.has(name)) refuse('channel', name, path, channels, 'Add it to `channels`.');
    },
    category: (name: string, path: RulesPath) => {
      if (known === undefined || known.categories.has(name)) return;
      refuse('category', name, path, known.categories, GIVE_CATEGORY);
    },
    sku: (name: string, path: RulesPath) => {
      if (known === undefined || known.skus.has(name)) return;
      refuse(
        'product with the sku',
        name,
        path,
        known.skusNear.get(name) ?? [],
        'Add the product first: PUT /v1/products.',
      );
    },
  };
  const fields = ['location', 'group', 'channel', 'category', 'sku'] as const;
  for (const section of SECTIONS) {
    for (const [place, entry] of document[section].entries()) {
      if ('locations' in entry) {
        for (const [step, code] of entry.locations.entries()) {
          check.location(code, [section, place, 'locations', step]);
        }
        for (const [step, code] of entry.groups.entries()) check.group(code, [section, place, 'groups', step]);
      } else {
        const named: Readonly<Partial<Record<(typeof fields)[number], unknown>>> = entry;
        for (const field of fields) {
          const name = named[field];
          if (typeof name === 'string') check[field](name, [section, place, field]);
        }
      }
    }
  }
}
