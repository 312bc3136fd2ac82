import { countEn } from './count/en.ts';
import { dailyEn } from './daily/en.ts';
import { frameEn } from './frame/en.ts';
import { goodsEn } from './goods/en.ts';
import { problemsEn } from './problems/en.ts';
import { sourcesEn } from './sources/en.ts';
import { statusEn } from './status/en.ts';

/** What the app says, in English, a folder a section. Another language is a file of the same shape in each, and one line in `words.tsx`. */
export const en = {
  ...frameEn,
  ...dailyEn,
  ...goodsEn,
  count: countEn,
  problems: problemsEn,
  sources: sourcesEn,
  status: statusEn,
};

export type Words = typeof en;
