import { countDe } from './count/de.ts';
import { dailyDe } from './daily/de.ts';
import { frameDe } from './frame/de.ts';
import { goodsDe } from './goods/de.ts';
import { problemsDe } from './problems/de.ts';
import { sourcesDe } from './sources/de.ts';
import { statusDe } from './status/de.ts';
import type { Words } from './en.ts';

export const de: Words = {
  ...frameDe,
  ...dailyDe,
  ...goodsDe,
  count: countDe,
  problems: problemsDe,
  sources: sourcesDe,
  status: statusDe,
};
