/** The type of params after the runner filled in the defaults of their schema. */

/** Every member present, at every depth. A schema gives each optional member a default, so nothing is missing at run time. */
export type Filled<T> = T extends readonly (infer Item)[]
  ? Filled<Item>[]
  : T extends object
    ? { [Name in keyof T]-?: Filled<Exclude<T[Name], undefined>> }
    : T;
