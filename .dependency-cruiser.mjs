// The import direction of the house: agent -> shared <- hub. Lower rooms never know higher ones.
const room = (house, name) => `^${house}/${name}/`;
/** `x-tests.ts` has cases that a test file registers: many of one subject, of which several share a database. */
const never = (name, from, to) => ({
  name,
  severity: 'error',
  from: { path: from, pathNot: '(\\.test|-tests)\\.ts$' },
  to: { path: to },
});

/** Rooms from the top down: each may import those after it, never those before it. */
const layered = (house, layers) =>
  layers.flatMap((rooms, depth) =>
    rooms.map((lower) =>
      never(
        `${house}-${lower}-looks-up`,
        room(house, lower),
        layers
          .slice(0, depth)
          .flat()
          .concat(rooms.filter((peer) => peer !== lower))
          .map((upper) => room(house, upper))
          .concat(`^${house}/main\\.ts$`)
          .join('|'),
      ),
    ),
  );

export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    never('shared-knows-nobody', '^shared/', '^(agent|hub|test)/'),
    never('agent-knows-shared-only', '^agent/', '^(hub|test)/'),
    never('hub-knows-shared-only', '^hub/', '^(agent|test)/'),
    // The app in the browser speaks with the agent over its API alone.
    never('ui-knows-shared-only', '^agent/ui/', '^agent/(?!ui/)'),
    never('nobody-knows-the-ui', '^agent/(?!ui/)', '^agent/ui/'),
    // So does the desktop, which holds nothing of the store.
    never('shell-knows-shared-only', '^agent/shell/', '^agent/(?!shell/)'),
    never('nobody-knows-the-shell', '^agent/(?!shell/)', '^agent/shell/'),
    ...layered('agent', [['cli'], ['api', 'sync', 'pos', 'archive'], ['people', 'store'], ['storage']]),
    ...layered('hub', [
      ['cli'],
      ['api', 'sync'],
      ['reconcile'],
      ['inbound'],
      ['connectors'],
      ['orders'],
      ['reservations'],
      ['availability'],
      ['ledger'],
      ['outbox'],
      ['db'],
      ['rules'],
      ['observability'],
    ]),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^test/peers/' },
    tsPreCompilationDeps: true,
    parser: 'swc',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs'],
    },
  },
};
