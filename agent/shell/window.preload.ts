import { contextBridge, ipcRenderer } from 'electron';
import { START_AGENT, type DesktopBridge, type StartAnswer } from '#shared/agent-api/desktop.ts';

// One word, without arguments: neither ipcRenderer nor an event reaches the page.
contextBridge.exposeInMainWorld('shelfwireDesktop', {
  startAgent: () => ipcRenderer.invoke(START_AGENT) as Promise<StartAnswer>,
} satisfies DesktopBridge);
