import type { Feed } from './csv/feed-config.ts';
import { CsvSource } from './csv/csv-source.ts';
import type { PosSource, SourceContext } from './source.ts';

/** What sources that are made by configuration need. A new kind of source is one line in `configuredSources`. */
export interface SourcesConfig {
  readonly feeds: readonly Feed[];
  /** Where sources keep what they must remember. */
  readonly stateFolder: string;
}

/** The sources that the configuration asks for, not started yet. */
export function configuredSources(config: SourcesConfig, context: SourceContext): PosSource[] {
  return config.feeds.map((feed) => new CsvSource(feed, context, config.stateFolder));
}
