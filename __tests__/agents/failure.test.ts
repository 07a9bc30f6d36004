import { describe, expect, test } from '@jest/globals';
import { failureClass, failureOf } from '../../src/agents/failure.js';
import type { FailureClass } from '../../src/core/failure.js';

test('a request that the provider does not take would be refused again', () => {
  expect(failureOf('unknown', 'model: no-such-model', 404).final).toBe(true);
  expect(failureOf('unknown', 'unexpected status 400 Bad Request').final).toBe(true);
  expect(failureOf('unknown', 'something is wrong').final).toBeUndefined();
  expect(failureOf('network', 'status 404', 404).final).toBeUndefined();
});

describe('the class of a refusal', () => {
  test.each<[number, FailureClass]>([
    [400, 'unknown'],
    [401, 'auth'],
    [402, 'budget'],
    [403, 'auth'],
    [404, 'unknown'],
    [413, 'context-too-long'],
    [429, 'rate-limit'],
    [500, 'network'],
    [502, 'network'],
    [503, 'overloaded'],
    [529, 'overloaded'],
  ])('is by its status %d: %s', (status, kind) => {
    expect(failureClass(status, 'no')).toBe(kind);
  });

  test.each<[string, FailureClass]>([
    ['exceeded retry limit, last status: 429 Too Many Requests', 'rate-limit'],
    ['Rate limit reached for gpt-5 in organization org-x on tokens per min', 'rate-limit'],
    ["You've hit your usage limit. Try again at 3:05 PM.", 'rate-limit'],
    ['unexpected status 529 <unknown status code>: Overloaded, url: http://127.0.0.1:1', 'overloaded'],
    ['We’re currently experiencing high demand, which may cause temporary errors.', 'overloaded'],
    ['unexpected status 401 Unauthorized: no, url: http://127.0.0.1:1', 'auth'],
    ['Not logged in · Please run /login', 'auth'],
    ['Please set an Auth method in your settings.json', 'auth'],
    ['Quota exceeded. Check your plan and billing details.', 'budget'],
    ["Codex ran out of room in the model's context window.", 'context-too-long'],
    ['stream disconnected before completion: Transport error', 'network'],
    ['Connection to the API was lost (ECONNRESET)', 'network'],
    ['terminated', 'network'],
    ['something is wrong with the request', 'unknown'],
  ])('is by its words, where only words are left of it: %s', (said, kind) => {
    expect(failureClass(undefined, said)).toBe(kind);
  });

  test.each<[number, string, FailureClass]>([
    [429, 'Rate limit reached. Visit https://host/account/billing to add a payment method.', 'rate-limit'],
    [429, 'You exceeded your current quota, please check your plan and billing details.', 'budget'],
    [400, 'Credit balance is too low', 'budget'],
    [400, "This model's maximum context length is 128000 tokens.", 'context-too-long'],
  ])('is by its words against its status %d: %s', (status, said, kind) => {
    expect(failureClass(status, said)).toBe(kind);
  });

  test('is not taken from a number in a sentence about something else', () => {
    expect(failureClass(400, 'max_tokens: 429 is not allowed')).toBe('unknown');
  });
});
