import { describe, expect, it } from 'vitest';
import { allows, isScope, SCOPES, type RouteScope } from './scopes.ts';

const needed = SCOPES.filter((scope): scope is RouteScope => scope.includes(':'));

describe('scopes', () => {
  it('X1 write stands for everything, read for all that changes nothing', () => {
    for (const scope of needed) {
      expect(allows(['write'], scope)).toBe(true);
      expect(allows(['read'], scope)).toBe(scope.endsWith(':read'));
    }
  });

  it('X1 one area says nothing of another, and reading nothing of writing', () => {
    for (const given of needed) {
      for (const scope of needed) {
        const isSame = given === scope || given === scope.replace(':read', ':write');
        expect(`${given} for ${scope}: ${allows([given], scope)}`).toBe(`${given} for ${scope}: ${isSame}`);
      }
    }
    expect(allows(['stock:read', 'rules:write'], 'rules:read')).toBe(true);
    expect(allows([], 'stock:read')).toBe(false);
  });

  it('are known by name', () => {
    expect(SCOPES.every(isScope)).toBe(true);
    expect(['', 'stock', 'stock:', 'metrics:write', 'constructor', '*'].some(isScope)).toBe(false);
  });
});
