export { setFactsAheadAside as setCountsAheadAside } from './facts-ahead.ts';
