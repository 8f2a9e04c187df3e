/** Colours of the terminal. They add to the text and never carry meaning: without them nothing is lost. */

export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

/** Colours, or, when they are not wanted, functions that give their text back. */
export function createPaint(wanted: boolean): Paint {
  const style = (open: number, close: number) => (text: string) =>
    wanted && text !== '' ? `\x1b[${open}m${text}\x1b[${close}m` : text;
  return {
    bold: style(1, 22),
    dim: style(2, 22),
    red: style(31, 39),
    green: style(32, 39),
    yellow: style(33, 39),
    cyan: style(36, 39),
  };
}
