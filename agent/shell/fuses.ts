import type { FuseV1Options } from '@electron/fuses';

type FuseName = keyof typeof FuseV1Options;

/** How each switch that is built into Electron's program is set in a package, and why. All of them: a new one must be decided. */
export const FUSES: Readonly<Record<FuseName, { readonly isOn: boolean; readonly why: string }>> = {
  RunAsNode: { isOn: false, why: 'the program runs no scripts of others as Node' },
  EnableCookieEncryption: { isOn: true, why: 'whatever a page may ever keep is unreadable to other accounts' },
  EnableNodeOptionsEnvironmentVariable: { isOn: false, why: 'nobody loads code by the environment' },
  EnableNodeCliInspectArguments: { isOn: false, why: 'nobody attaches a debugger by a switch' },
  EnableEmbeddedAsarIntegrityValidation: { isOn: true, why: 'a changed archive does not start (Windows, macOS)' },
  OnlyLoadAppFromAsar: { isOn: true, why: 'no folder beside the archive is run in its place' },
  LoadBrowserProcessSpecificV8Snapshot: { isOn: false, why: 'there is no snapshot of its own' },
  GrantFileProtocolExtraPrivileges: { isOn: false, why: 'nothing is loaded by file:' },
  WasmTrapHandlers: { isOn: true, why: "as Electron has it; the app runs no WebAssembly, Node's own parts do" },
};

/** Sets them in a program and reads them back; answers names that are not as wanted, which is none. */
export async function setFuses(program: string): Promise<string[]> {
  const { flipFuses, FuseState, FuseV1Options, FuseVersion, getCurrentFuseWire } = await import('@electron/fuses');
  const names = Object.keys(FUSES) as FuseName[];
  const wanted = Object.fromEntries(names.map((name) => [FuseV1Options[name], FUSES[name].isOn])) as Record<
    FuseV1Options,
    boolean
  >;
  await flipFuses(program, { version: FuseVersion.V1, strictlyRequireAllFuses: true, ...wanted });
  const wire = await getCurrentFuseWire(program);
  return names.filter(
    (name) => wire[FuseV1Options[name]] !== (FUSES[name].isOn ? FuseState.ENABLE : FuseState.DISABLE),
  );
}
