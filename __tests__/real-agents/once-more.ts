/**
 * Real programs on a machine with other work now and then take longer than anybody waits, or end in an order that nobody has
 * seen before. A test that fails is tried once more, and what it failed with the first time is told all the same.
 */
import { jest } from '@jest/globals';

jest.retryTimes(1, { logErrorsBeforeRetry: true });
