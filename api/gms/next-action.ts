// What the application of a customer is told to do next: the protocol in which the server leads a
// dialog. PURE.

/** One entry of a menu. */
export interface MenuItem {
  readonly _label: string;
  /** Asked for with GET or POST when it is chosen; the answer is the next action. */
  readonly _user_action_url: string;
}

export type NextAction =
  /** Show a message. */
  | { readonly _action: 'ConfirmationDialog'; readonly _text: string }
  /** Show choices. */
  | {
      readonly _action: 'DisplayMenu';
      readonly _label: string;
      readonly _content: readonly {
        readonly _group_name: string;
        readonly _group_content: readonly MenuItem[];
      }[];
    }
  /** Dial the number; the code, if there is one, is keyed after it. */
  | { readonly _action: 'DialNumber'; readonly _tel_url: string; readonly _label: string }
  /** Open a chat there. */
  | {
      readonly _action: 'StartChat';
      readonly _start_chat_url: string;
      readonly _comet_url: string;
      readonly _chat_parameters: { readonly subject: string };
    };

/** A next action about a callback, whose id the application remembers. */
export type DialogStep = NextAction & { readonly _id: string };

export function confirmation(id: string, text: string): DialogStep {
  return { _id: id, _action: 'ConfirmationDialog', _text: text };
}
