import { csvFormat } from './csv/csv.ts';
import type { Feed } from './feeds.ts';
import type { FileFormat } from './files/file-format.ts';
import { FileSource } from './files/file-source.ts';
import { poslogFormat } from './poslog/poslog.ts';
import type { PosSource, SourceContext } from './source.ts';

/** What sources that are made by configuration need. A new format of files is one line in `formatOf`. */
export interface SourcesConfig {
  readonly feeds: readonly Feed[];
  /** Where sources keep what they must remember. */
  readonly stateFolder: string;
}

/** The sources that the configuration asks for, not started yet. */
export function configuredSources(config: SourcesConfig, context: SourceContext): PosSource[] {
  return config.feeds.map((feed) => new FileSource(formatOf(feed), context, config.stateFolder));
}

function formatOf(feed: Feed): FileFormat {
  return feed.kind === 'poslog' ? poslogFormat(feed) : csvFormat(feed);
}
