interface UserLimits {
  readonly userLimits?: { readonly open_files?: { readonly soft: number | string } };
}

/** Files that a process opens beside the sockets. */
const SPARE = 200;

/** Throws when a process may not open as many sockets as there will be connections. Where no limit is known, all is well. */
export function verifyOpenFiles(connections: number): void {
  const { userLimits } = process.report.getReport() as UserLimits;
  const soft = Number(userLimits?.open_files?.soft);
  if (!Number.isFinite(soft) || soft >= connections + SPARE) return;
  throw new Error(
    `A process may open ${soft} files here and ${connections} connections need ${connections + SPARE}: raise it with "ulimit -n ${connections + SPARE}", or give --stores N.`,
  );
}
