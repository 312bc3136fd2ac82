import { describe } from 'vitest';
import { RelayTest } from '#test/support/relay-test.ts';
import { forwardedTests } from './relay-forwarded-tests.ts';
import { orderTests } from './relay-order-tests.ts';
import { failureTests } from './relay-failure-tests.ts';
import { paceTests } from './relay-pace-tests.ts';

const here = new RelayTest();

describe('what is forwarded', () => {
  forwardedTests(here);
});
describe('orders', () => {
  orderTests(here);
});
describe('what goes wrong', () => {
  failureTests(here);
});
describe('when it is sent', () => {
  paceTests(here);
});
