// Every live dialog, found by its tags (the network) or by its id (applications).
import { dialogKey } from '../dialog/dialog.ts';
import type { Application } from './applications.ts';
import type { LiveDialog } from './live-dialog.ts';

export class DialogTable {
  readonly #byKey = new Map<string, LiveDialog>();
  readonly #byId = new Map<string, LiveDialog>();

  get size(): number {
    return this.#byKey.size;
  }

  /** Adds a dialog. Of several forks under one id, applications reach the latest. */
  add(dialog: LiveDialog): void {
    this.#byKey.set(dialog.key, dialog);
    this.#byId.set(dialog.id, dialog);
  }

  remove(dialog: LiveDialog): void {
    if (this.#byKey.get(dialog.key) === dialog) this.#byKey.delete(dialog.key);
    if (this.#byId.get(dialog.id) === dialog) this.#byId.delete(dialog.id);
  }

  find(callId: string, localTag: string, remoteTag: string): LiveDialog | null {
    return this.#byKey.get(dialogKey(callId, localTag, remoteTag)) ?? null;
  }

  /** The dialog of that id if it belongs to the application. */
  owned(application: Application, id: string): LiveDialog | null {
    const dialog = this.#byId.get(id);
    return dialog?.application === application ? dialog : null;
  }

  of(application: Application): LiveDialog[] {
    return [...this.#byKey.values()].filter((dialog) => dialog.application === application);
  }

  /** Ends every dialog without a word to anybody: the engine stops. */
  clear(): void {
    for (const dialog of [...this.#byKey.values()]) dialog.end();
  }
}
