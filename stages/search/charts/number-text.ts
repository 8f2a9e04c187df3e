/** Numbers in the texts of charts. */
export function numberText(value: number): string {
  return String(Number(value.toPrecision(4)));
}
